#include "CSimdjson.h"

#include <memory>
#include <simdjson.h>

namespace {

// One scanner a thread, kept between calls: making one costs more than scanning a small text.
struct Scanner {
  std::unique_ptr<simdjson::internal::dom_parser_implementation> implementation;
  size_t capacity = 0;

  bool fits(size_t count) {
    const size_t kept = size_t(1) << 20;
    const bool wasteful = capacity > kept && count <= kept;
    if (implementation && capacity >= count && !wasteful) return true;
    size_t wanted = size_t(1) << 12;
    while (wanted < count) wanted *= 2;
    implementation.reset();
    capacity = 0;
    const simdjson::implementation *best = simdjson::get_active_implementation();
    if (best->create_dom_parser_implementation(wanted, 1, implementation)) return false;
    capacity = wanted;
    return true;
  }
};

thread_local Scanner scanner;

}  // namespace

extern "C" csimdjson_outcome csimdjson_scan(
    const uint8_t *bytes, size_t count, const uint32_t **starts, size_t *starts_count) {
  *starts = nullptr;
  *starts_count = 0;
  if (count == 0) return csimdjson_empty;
  if (!scanner.fits(count)) return csimdjson_no_memory;
  const auto outcome =
      scanner.implementation->stage1(bytes, count, simdjson::stage1_mode::regular);
  if (outcome == simdjson::EMPTY) return csimdjson_empty;
  if (outcome == simdjson::MEMALLOC) return csimdjson_no_memory;
  if (outcome != simdjson::SUCCESS) return csimdjson_refused;
  *starts = scanner.implementation->structural_indexes.get();
  *starts_count = scanner.implementation->n_structural_indexes;
  return csimdjson_fine;
}
