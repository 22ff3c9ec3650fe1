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

// Numbers of any size.
typedef struct botan_mp_struct *botan_mp_t;
int botan_mp_init(botan_mp_t *number);
int botan_mp_destroy(botan_mp_t number);
int botan_mp_set_from_str(botan_mp_t number, const char *text);
int botan_mp_from_bin(botan_mp_t number, const uint8_t bytes[], size_t count);
int botan_mp_add(botan_mp_t sum, botan_mp_t one, botan_mp_t other);
int botan_mp_mod_mul(botan_mp_t product, botan_mp_t one, botan_mp_t other, botan_mp_t modulus);
int botan_mp_powmod(botan_mp_t power, botan_mp_t base, botan_mp_t exponent, botan_mp_t modulus);
int botan_mp_cmp(int *order, botan_mp_t one, botan_mp_t other);
