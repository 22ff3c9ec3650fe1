#pragma once
#include "/usr/include/botan-2/botan/ffi.h"
