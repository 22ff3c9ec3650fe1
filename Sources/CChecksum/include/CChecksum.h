#pragma once
#include <stddef.h>
#include <stdint.h>

/// CRC-32C (Castagnoli, as in RFC 3720) of `count` bytes, going on from `crc`; begin with 0.
uint32_t weir_crc32c(uint32_t crc, const void *bytes, size_t count);

/// The same by tables alone, which is what runs where the processor has no instruction for it.
uint32_t weir_crc32c_by_table(uint32_t crc, const void *bytes, size_t count);
