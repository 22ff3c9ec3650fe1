#pragma once
#include <stddef.h>
#include <stdint.h>

// What is used of Botan's C interface, declared here: <botan/ffi.h> includes further headers by
// <botan/…>, whose folder only Botan's pkg-config knows, and SwiftPM refuses that file's flags. The
// interface is one of C, with these types since Botan 1.11.
typedef struct botan_hash_struct *botan_hash_t;
int botan_hash_init(botan_hash_t *hash, const char *name, uint32_t flags);
int botan_hash_update(botan_hash_t hash, const uint8_t *input, size_t count);
int botan_hash_final(botan_hash_t hash, uint8_t output[]);
int botan_hash_destroy(botan_hash_t hash);
