// What a configuration would serve, for people.
#pragma once

#include <string>
#include <string_view>

#include "config/options.h"

namespace minato::config {

/// Where the service listens: `*:80`, `10.0.0.1:80`, `[::1]:80`.
std::string listener_name(const ServiceConfig& service);

/// Listeners, services, what they answer for and where it goes: what `minato check` prints.
/// Long lists are cut, and say so.
std::string summary(const Config& config);

}  // namespace minato::config
