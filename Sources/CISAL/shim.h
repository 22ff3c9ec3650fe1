#pragma once
#include <isa-l/crc.h>
#include <stddef.h>
#include <stdint.h>

/// CRC-32C (Castagnoli, as in RFC 3720) of less than 2 GiB, going on from `crc`; begin with 0.
static inline uint32_t weir_crc32c(uint32_t crc, const void *bytes, size_t count) {
  return ~crc32_iscsi((unsigned char *)bytes, (int)count, ~crc);
}

/// Has a place in memory fetched that will be looked at soon; any address may be named.
static inline void weir_prefetch(const void *place) { __builtin_prefetch(place); }
