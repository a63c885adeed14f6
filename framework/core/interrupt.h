// Ctrl-C and a polite kill (SIGINT, SIGTERM): long work looks at a flag, saves, and ends.
#pragma once

namespace twinset {

/// Turns SIGINT and SIGTERM into a flag; a second signal ends the process at once. Call once, in
/// main.
void install_interrupt_handler();

/// True once a signal came (or `request_interrupt` was called).
bool interrupt_requested();

/// Sets or clears the flag, for tests and for the end of a sweep.
void request_interrupt(bool value = true);

}  // namespace twinset
