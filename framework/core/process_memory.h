#pragma once

namespace twinset {

/// Physical memory that this process holds now, in MiB (VmRSS of Linux's /proc/self/status).
double resident_mib();

/// The most that it has held so far, in MiB (VmHWM).
double peak_resident_mib();

}  // namespace twinset
