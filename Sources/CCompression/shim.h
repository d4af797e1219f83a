#pragma once
// ISA-L's inflate, zstd's streaming decompressor and OpenSSL's hashes, each behind the three calls that a stream needs:
// their structures have unions and bit fields, and OpenSSL's functions carry deprecations, neither of which Swift likes.

#define OPENSSL_SUPPRESS_DEPRECATED
#define ZSTD_STATIC_LINKING_ONLY
#include <isa-l/igzip_lib.h>
#include <openssl/sha.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>
#include <zstd_errors.h>

// MARK: gzip

struct compression_gzip {
    struct inflate_state state;
    int between_members;
};

static inline struct compression_gzip *compression_gzip_new(void) {
    struct compression_gzip *gzip = (struct compression_gzip *)malloc(sizeof *gzip);
    if (gzip) {
        isal_inflate_init(&gzip->state);
        gzip->state.crc_flag = ISAL_GZIP;
        gzip->between_members = 0;
    }
    return gzip;
}

// Decompresses from `input` to `output` until one of them is used up; both counts become what was used.
// Returns 0, or a negative number where the stream is broken.
static inline int compression_gzip_run(
    struct compression_gzip *gzip, const void *input, size_t *input_count, void *output, size_t *output_count) {
    struct inflate_state *state = &gzip->state;
    state->next_in = (uint8_t *)input;
    state->avail_in = (uint32_t)*input_count;
    state->next_out = (uint8_t *)output;
    state->avail_out = (uint32_t)*output_count;
    int result = 0;
    while (1) {
        if (gzip->between_members) {
            // Blocks of zeros after the last member are what tape drives leave.
            while (state->avail_in > 0 && *state->next_in == 0) {
                state->next_in++;
                state->avail_in--;
            }
            if (state->avail_in == 0) break;
            isal_inflate_reset(state);
            state->crc_flag = ISAL_GZIP;
            gzip->between_members = 0;
        }
        result = isal_inflate(state);
        if (result != ISAL_DECOMP_OK && result != ISAL_END_INPUT && result != ISAL_OUT_OVERFLOW) break;
        result = 0;
        if (state->block_state == ISAL_BLOCK_FINISH) {
            gzip->between_members = 1;
            if (state->avail_out == 0) break;
            continue;
        }
        break;
    }
    *input_count -= state->avail_in;
    *output_count -= state->avail_out;
    return result;
}

static inline int compression_gzip_is_complete(const struct compression_gzip *gzip) { return gzip->between_members; }

// MARK: zstd

// A window of at most 64 MB: the largest that zstd's levels up to 21 make.
static inline ZSTD_DStream *compression_zstd_new(void) {
    ZSTD_DStream *stream = ZSTD_createDStream();
    if (stream && ZSTD_isError(ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, 26))) {
        ZSTD_freeDStream(stream);
        return NULL;
    }
    return stream;
}

// As for gzip; returns 0 at the end of a frame, a positive number within one, or a negative one for a failure.
static inline int compression_zstd_run(
    ZSTD_DStream *stream, const void *input, size_t *input_count, void *output, size_t *output_count) {
    ZSTD_inBuffer in = {input, *input_count, 0};
    ZSTD_outBuffer out = {output, *output_count, 0};
    size_t result = ZSTD_decompressStream(stream, &out, &in);
    *input_count = in.pos;
    *output_count = out.pos;
    if (ZSTD_isError(result)) return -(int)ZSTD_getErrorCode(result);
    return result > 0;
}

static inline const char *compression_zstd_reason(int result) { return ZSTD_getErrorString((ZSTD_ErrorCode)-result); }

// MARK: hashes

struct compression_hash {
    int is_wide;
    SHA256_CTX narrow;
    SHA512_CTX wide;
};

static inline void compression_hash_init(struct compression_hash *hash, int is_wide) {
    hash->is_wide = is_wide;
    if (is_wide) SHA512_Init(&hash->wide);
    else SHA256_Init(&hash->narrow);
}

static inline void compression_hash_update(struct compression_hash *hash, const void *bytes, size_t count) {
    if (hash->is_wide) SHA512_Update(&hash->wide, bytes, count);
    else SHA256_Update(&hash->narrow, bytes, count);
}

// Writes 32 or 64 bytes.
static inline void compression_hash_final(struct compression_hash *hash, unsigned char *digest) {
    if (hash->is_wide) SHA512_Final(digest, &hash->wide);
    else SHA256_Final(digest, &hash->narrow);
}
