#pragma once

#include "experiments/pinlanding/stage.h"

namespace twinset::pinlanding {

/// The stage pages: a static site of the feeds that opens from disk, with pages/index.html first.
///
/// index.html, collections/SLUG.html, images/, style.css, search.js, sitemap.xml, robots.txt. It is
/// built beside its place and moved there when it is complete.
Stage pages_stage();

}  // namespace twinset::pinlanding
