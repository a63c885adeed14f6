#pragma once

#include "eval/subject.h"
#include "framework/data/dataset.h"
#include "framework/encoders/encoder.h"
#include "framework/losses/loss.h"
#include "framework/negatives/negatives.h"
#include "framework/optim/optimizer.h"
#include "framework/optim/schedule.h"
#include "framework/retrieval/index.h"
#include "framework/sweep/launcher.h"
#include "framework/sweep/search.h"

namespace twinset {

/// Every plug-in that configs can name. An experiment adds its own before it runs.
struct Plugins {
  DatasetRegistry datasets{"dataset.reader"};
  EncoderRegistry encoders{"encoder"};
  NegativesRegistry negatives{"negatives"};
  LossRegistry losses{"loss"};
  OptimizerRegistry optimizers{"optimizer"};
  ScheduleRegistry schedules{"schedule"};
  IndexRegistry indexes{"index"};
  ProtocolRegistry protocols{"protocol"};
  LauncherRegistry launchers{"launcher"};
  SearchRegistry searches{"search"};
};

/// The plug-ins that come with twinset.
Plugins builtin_plugins();

}  // namespace twinset
