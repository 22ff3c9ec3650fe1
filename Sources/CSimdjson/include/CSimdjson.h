#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
  csimdjson_fine = 0,
  csimdjson_empty = 1,
  csimdjson_refused = 2,
  csimdjson_no_memory = 3,
} csimdjson_outcome;

// The byte offsets at which tokens of the text start (brackets, colons, commas, opening quotes,
// and the first byte of anything else), after the UTF-8, the closing of strings and the absence of
// control characters in them are checked. Whether the tokens make sense is the caller's to check.
// The offsets belong to this thread and are good until its next call.
csimdjson_outcome csimdjson_scan(
    const uint8_t *bytes, size_t count, const uint32_t **starts, size_t *starts_count);

#ifdef __cplusplus
}
#endif
