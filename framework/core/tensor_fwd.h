// Lets interface headers name at::Tensor without the 1.6 to 20 s that torch's headers cost.
#pragma once

namespace at {
class Tensor;
}
