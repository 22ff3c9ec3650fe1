#pragma once
#include <openssl/evp.h>
#include <openssl/sha.h>

// SHA-256 by the functions that OpenSSL 3 calls old: the new ones look an algorithm's provider up
// again and again, which costs 30 ns of an event's 400.
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wdeprecated-declarations"

static inline void weir_sha256_begin(SHA256_CTX *context) { SHA256_Init(context); }

static inline void weir_sha256_take(SHA256_CTX *context, const void *bytes, size_t count) {
  SHA256_Update(context, bytes, count);
}

static inline void weir_sha256_end(SHA256_CTX *context, unsigned char *out) {
  SHA256_Final(out, context);
}

// Of some bytes behind others (or behind NULL, for none): 32 bytes.
static inline void weir_sha256(
    const void *before, size_t before_count, const void *bytes, size_t count, unsigned char *out) {
  SHA256_CTX context;
  SHA256_Init(&context);
  SHA256_Update(&context, before, before_count);
  SHA256_Update(&context, bytes, count);
  SHA256_Final(out, &context);
}

#pragma clang diagnostic pop
