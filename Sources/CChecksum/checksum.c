#include "CChecksum.h"

#include <pthread.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// The reflected Castagnoli polynomial; eight tables take eight bytes a step.
static uint32_t table[8][256];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void fill(void) {
  for (uint32_t byte = 0; byte < 256; byte++) {
    uint32_t crc = byte;
    for (int bit = 0; bit < 8; bit++) crc = crc & 1 ? crc >> 1 ^ 0x82f63b78u : crc >> 1;
    table[0][byte] = crc;
  }
  for (uint32_t byte = 0; byte < 256; byte++)
    for (int row = 1; row < 8; row++)
      table[row][byte] = table[row - 1][byte] >> 8 ^ table[0][table[row - 1][byte] & 255];
}

uint32_t weir_crc32c_by_table(uint32_t crc, const void *bytes, size_t count) {
  pthread_once(&once, fill);
  const unsigned char *at = bytes;
  crc = ~crc;
  for (; count >= 8; at += 8, count -= 8) {
    uint32_t low = crc ^ ((uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 |
                          (uint32_t)at[3] << 24);
    crc = table[7][low & 255] ^ table[6][low >> 8 & 255] ^ table[5][low >> 16 & 255] ^
          table[4][low >> 24] ^ table[3][at[4]] ^ table[2][at[5]] ^ table[1][at[6]] ^
          table[0][at[7]];
  }
  for (; count > 0; at++, count--) crc = crc >> 8 ^ table[0][(crc ^ *at) & 255];
  return ~crc;
}

#if defined(__x86_64__)
// Three runs at a time, as one instruction takes three cycles and may begin every cycle. `run` of
// the powers is x^(64 * run - 33) mod the polynomial: times that, and reduced by the instruction, a
// checksum is as if 8 * run zero bytes came behind it.
#define RUN_MOST 128
#define RUN_LEAST 4
static uint32_t powers[2 * RUN_MOST + 1];
static pthread_once_t powered = PTHREAD_ONCE_INIT;

static void raise_powers(void) {
  uint32_t power = 0x80000000u;
  for (int at = 1; at <= 64 * 2 * RUN_MOST - 33; at++) {
    power = power & 1 ? power >> 1 ^ 0x82f63b78u : power >> 1;
    if ((at + 33) % 64 == 0) powers[(at + 33) / 64] = power;
  }
}

static inline uint64_t word(const unsigned char *at) {
  uint64_t word;
  memcpy(&word, at, 8);
  return word;
}

__attribute__((target("sse4.2,pclmul"))) static inline uint64_t behind(uint64_t crc, size_t run) {
  __m128i product = _mm_clmulepi64_si128(
      _mm_cvtsi64_si128((long long)crc), _mm_cvtsi64_si128((long long)powers[run]), 0);
  return __builtin_ia32_crc32di(0, (uint64_t)_mm_cvtsi128_si64(product));
}

__attribute__((target("sse4.2,pclmul"))) static uint32_t by_instruction(
    uint32_t crc, const void *bytes, size_t count) {
  pthread_once(&powered, raise_powers);
  const unsigned char *at = bytes;
  uint64_t wide = (uint32_t)~crc;
  while (count >= 24 * RUN_LEAST) {
    size_t run = count / 24 < RUN_MOST ? count / 24 : RUN_MOST;
    const unsigned char *second = at + 8 * run, *third = second + 8 * run;
    uint64_t two = 0, three = 0;
    for (size_t index = 0; index < 8 * run; index += 8) {
      wide = __builtin_ia32_crc32di(wide, word(at + index));
      two = __builtin_ia32_crc32di(two, word(second + index));
      three = __builtin_ia32_crc32di(three, word(third + index));
    }
    wide = behind(wide, 2 * run) ^ behind(two, run) ^ three;
    at += 24 * run;
    count -= 24 * run;
  }
  for (; count >= 8; at += 8, count -= 8) wide = __builtin_ia32_crc32di(wide, word(at));
  crc = (uint32_t)wide;
  for (; count > 0; at++, count--) crc = __builtin_ia32_crc32qi(crc, *at);
  return ~crc;
}
#endif

uint32_t weir_crc32c(uint32_t crc, const void *bytes, size_t count) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("pclmul"))
    return by_instruction(crc, bytes, count);
#endif
  return weir_crc32c_by_table(crc, bytes, count);
}
