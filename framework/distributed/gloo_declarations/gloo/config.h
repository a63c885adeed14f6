// Declares, for c10d/ProcessGroupGloo.hpp, what of Gloo it names: the wheel has Gloo inside, but
// not its headers. Nothing here is called or has a layout that this program relies on: c10d hands
// out pointers only.
#pragma once
