/* The same loops as the kernels of talkoot.voting.dedup and talkoot.voting.tally, in C: what a
 * programmer with a compiler at hand would have. Compiled when measured, never shipped.
 *
 * A cell is tag << 32 | row; the words are those of the kernels. The fates and the rows superseded
 * by others are written as the kernels write them, except that a repeat which lost to another entry
 * is looked for by comparing it with the few others of its voter.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define EMPTY UINT64_MAX
#define TAG 0xFFFFFFFF00000000u
#define MOST_ALIKE 512
#define MOST_MOVES 64
enum { STANDS = 0, SUPERSEDED = 1, DUPLICATE = 2 };

typedef struct {
    const uint64_t (*voter)[2];
    const uint64_t (*precedence)[2];
    const uint8_t (*hash)[32];
    int64_t *by;
    uint8_t *fates;
} Entries;

static inline int64_t row_of(uint64_t cell) { return (int64_t)(uint32_t)cell; }

static inline uint64_t home(uint64_t cell, uint64_t places) {
    return ((cell >> 32) * places) >> 32;
}

static inline int same_tag(uint64_t one, uint64_t other) { return ((one ^ other) & TAG) == 0; }

static inline int same_voter(const Entries *e, int64_t row, int64_t other) {
    return e->voter[row][0] == e->voter[other][0] && e->voter[row][1] == e->voter[other][1];
}

static int compared(const Entries *e, int64_t row, int64_t other) {
    for (int word = 0; word < 2; word++) {
        uint64_t one = e->precedence[row][word], two = e->precedence[other][word];
        if (one != two) return one > two ? 1 : -1;
    }
    int order = memcmp(e->hash[row], e->hash[other], 32);
    return (order > 0) - (order < 0);
}

static void spread(int64_t n, const uint64_t (*voter)[2], int bits, int64_t *ends, uint64_t *cells) {
    int64_t parts = (int64_t)1 << bits, total = 0;
    if (bits == 0) {
        for (int64_t row = 0; row < n; row++) cells[row] = (voter[row][0] & TAG) | (uint64_t)row;
        ends[0] = n;
        return;
    }
    memset(ends, 0, (size_t)parts * sizeof *ends);
    for (int64_t row = 0; row < n; row++) ends[voter[row][0] >> (64 - bits)]++;
    for (int64_t part = 0; part < parts; part++) {
        int64_t size = ends[part];
        ends[part] = total;
        total += size;
    }
    for (int64_t row = 0; row < n; row++) {
        uint64_t key = voter[row][0];
        cells[ends[key >> (64 - bits)]++] = ((key << bits) & TAG) | (uint64_t)row;
    }
}

static void counted_in(const uint64_t *cells, uint64_t n, uint64_t *part, uint32_t *counts) {
    uint32_t total = 0;
    memset(counts, 0, n * sizeof *counts);
    for (uint64_t i = 0; i < n; i++) counts[home(cells[i], n)]++;
    for (uint64_t place = 0; place < n; place++) {
        uint32_t here = counts[place];
        counts[place] = total;
        total += here;
    }
    for (uint64_t i = 0; i < n; i++) part[counts[home(cells[i], n)]++] = cells[i];
}

static int put_right(uint64_t *part, uint64_t n) {
    uint64_t moves = 0;
    for (uint64_t place = 1; place < n; place++) {
        uint64_t cell = part[place], at = place;
        for (; at > 0 && part[at - 1] > cell; at--) part[at] = part[at - 1];
        part[at] = cell;
        moves += place - at;
        if (moves > MOST_MOVES * n) return -1;
    }
    return 0;
}

static int64_t meeting(const uint64_t *part, uint64_t n, uint64_t *met) {
    int64_t again = 0;
    for (uint64_t place = 1; place < n; place++) {
        met[again] = place;
        again += same_tag(part[place], part[place - 1]);
    }
    return again;
}

static int after(const Entries *e, uint64_t cell, uint64_t other) {
    const uint64_t *one = e->voter[row_of(cell)], *two = e->voter[row_of(other)];
    return one[0] != two[0] ? one[0] > two[0] : one[1] > two[1];
}

static int64_t decided(const Entries *e, uint64_t *part, const uint64_t *met, int64_t again,
                       int64_t *lost_rows) {
    int64_t lost = 0, i = 0;
    while (i < again) {
        uint64_t first = met[i] - 1, end = first + 1;
        while (i < again && same_tag(part[met[i]], part[first])) {
            uint64_t cell = part[met[i]], at = first;
            int64_t row = row_of(cell);
            part[met[i++]] = EMPTY;
            while (at < end && !same_voter(e, row, row_of(part[at]))) at++;
            if (at == end) {
                if (end - first == MOST_ALIKE) return -1;
                part[end++] = cell;
                continue;
            }
            int64_t other = row_of(part[at]);
            int order = compared(e, row, other);
            if (order > 0) {
                e->by[other] = row;
                e->fates[other] = SUPERSEDED;
                part[at] = cell;
                lost_rows[lost++] = other;
            } else {
                e->by[row] = other;
                e->fates[row] = order < 0 ? SUPERSEDED : DUPLICATE;
                if (order < 0) lost_rows[lost++] = row;
            }
        }
        for (uint64_t place = first + 1; place < end; place++) {
            uint64_t cell = part[place], at = place;
            for (; at > first && !after(e, cell, part[at - 1]); at--) part[at] = part[at - 1];
            part[at] = cell;
        }
    }
    return lost;
}

static const Entries *sorting;

static int by_voter_and_hash(const void *one, const void *two) {
    int64_t row = *(const int64_t *)one, other = *(const int64_t *)two;
    int order = memcmp(sorting->voter[row], sorting->voter[other], 16);
    if (order == 0) order = compared(sorting, row, other);
    return order ? order : (row > other) - (row < other);
}

/* Superseded rows: each points at the row that stands; of equal ones the later are repeats. */
static void led_home(const Entries *e, int64_t *rows, int64_t lost) {
    for (int64_t i = 0; i < lost; i++) {
        int64_t stands = rows[i];
        while (e->by[stands] >= 0) stands = e->by[stands];
        for (int64_t at = rows[i]; at != stands;) {
            int64_t after = e->by[at];
            e->by[at] = stands;
            at = after;
        }
    }
    sorting = e;
    qsort(rows, (size_t)lost, sizeof *rows, by_voter_and_hash);
    int64_t first = 0;
    for (int64_t i = 1; i < lost; i++) {
        if (same_voter(e, rows[i], rows[first]) && compared(e, rows[i], rows[first]) == 0) {
            e->by[rows[i]] = rows[first];
            e->fates[rows[i]] = DUPLICATE;
        } else {
            first = i;
        }
    }
}

static int64_t read_out(const uint64_t *part, uint64_t n, int64_t *standing) {
    int64_t count = 0;
    for (uint64_t i = 0; i < n; i++) {
        standing[count] = row_of(part[i]);
        count += part[i] != EMPTY;
    }
    return count;
}

/* Gives how many entries stand, or -1 where keys are not a hash's or memory ran out. Arrays are
 * those of the kernels; by and fates hold -1 and 0 at first. */
int64_t settled(int64_t n, const uint64_t (*voter)[2], const uint64_t (*precedence)[2],
                const uint8_t (*hash)[32], int bits, int64_t *by, uint8_t *fates,
                int64_t *standing) {
    Entries e = {voter, precedence, hash, by, fates};
    int64_t parts = (int64_t)1 << bits, largest = 0, start = 0, count = 0;
    int64_t *ends = malloc((size_t)parts * sizeof *ends);
    uint64_t *cells = malloc((size_t)n * sizeof *cells + 8);
    if (!ends || !cells) return -1;
    spread(n, voter, bits, ends, cells);
    for (int64_t part = 0; part < parts; part++) {
        int64_t size = ends[part] - (part ? ends[part - 1] : 0);
        if (size > largest) largest = size;
    }
    uint64_t *sorted = malloc((size_t)(largest + 1) * sizeof *sorted);
    uint64_t *met = malloc((size_t)(largest + 1) * sizeof *met);
    int64_t *lost_rows = malloc((size_t)(largest + 1) * sizeof *lost_rows);
    uint32_t *counts = malloc((size_t)(largest + 1) * sizeof *counts);
    if (!sorted || !met || !lost_rows || !counts) return -1;
    for (int64_t part = 0; part < parts; part++) {
        uint64_t size = (uint64_t)(ends[part] - start);
        counted_in(cells + start, size, sorted, counts);
        if (put_right(sorted, size)) return -1;
        int64_t again = meeting(sorted, size, met);
        int64_t lost = decided(&e, sorted, met, again, lost_rows);
        if (lost < 0) return -1;
        led_home(&e, lost_rows, lost);
        count += read_out(sorted, size, standing + count);
        start = ends[part];
    }
    free(ends), free(cells), free(sorted), free(met), free(lost_rows), free(counts);
    return count;
}

/* How many standing ballots name each project; votes holds zeros at first. */
void tallied(int64_t n, const uint8_t *fates, const int64_t *indptr, const uint16_t *items,
             int64_t *votes) {
    for (int64_t row = 0; row < n; row++)
        if (fates[row] == STANDS)
            for (int64_t mark = indptr[row]; mark < indptr[row + 1]; mark++) votes[items[mark]]++;
}
