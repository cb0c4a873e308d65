/* The same loops as the kernels of talkoot.voting.dedup and talkoot.voting.tally, in C: what a
 * programmer with a compiler at hand would have. Compiled when measured, never shipped.
 *
 * A cell of the table is tag << 32 | row; the words are those of the kernels. The fates and the rows
 * superseded by others are written as the kernels write them, except that a repeat which lost to
 * another entry is looked for by comparing it with the few others of its voter.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define EMPTY UINT64_MAX
#define TAG 0xFFFFFFFF00000000u
#define FARTHEST 512
#define SPARE (2 * FARTHEST)
enum { STANDS = 0, SUPERSEDED = 1, DUPLICATE = 2 };

typedef struct {
    const uint64_t (*voter)[2];
    const uint64_t (*precedence)[2];
    const uint8_t (*hash)[32];
    int64_t *by;
    uint8_t *fates;
} Entries;

static inline int64_t row_of(uint64_t cell) { return (int64_t)(uint32_t)cell; }

static inline int64_t home(uint64_t cell, uint64_t slots) {
    return (int64_t)(((cell >> 32) * slots) >> 32);
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

static int pushed_in(uint64_t *table, int64_t length, int64_t at, uint64_t cell) {
    while (cell != EMPTY) {
        if (at == length - 1) return -1;
        uint64_t before = table[at];
        table[at++] = cell;
        cell = before;
    }
    return 0;
}

static int64_t filled(const uint64_t *cells, int64_t n, uint64_t *table, int64_t slots,
                      uint64_t *seen) {
    int64_t again = 0;
    for (int64_t i = 0; i < n; i++) {
        uint64_t cell = cells[i];
        int64_t at = home(cell, (uint64_t)slots), end = at + FARTHEST;
        while (table[at] < cell && !same_tag(table[at], cell))
            if (++at == end) return -1;
        if (table[at] != EMPTY && same_tag(table[at], cell)) seen[again++] = cell;
        else if (pushed_in(table, slots + SPARE, at, cell)) return -1;
    }
    return again;
}

static int64_t place_of(const Entries *e, const uint64_t *table, int64_t slots, uint64_t cell) {
    int64_t at = home(cell, (uint64_t)slots);
    while (table[at] != EMPTY && (table[at] & TAG) < (cell & TAG)) at++;
    while (table[at] != EMPTY && same_tag(table[at], cell)) {
        if (same_voter(e, row_of(cell), row_of(table[at]))) return at;
        at++;
    }
    return at;
}

static int64_t decided(const Entries *e, uint64_t *table, int64_t slots, uint64_t *seen,
                       int64_t again) {
    int64_t lost = 0;
    for (int64_t i = 0; i < again; i++) {
        uint64_t cell = seen[i];
        int64_t at = place_of(e, table, slots, cell), row = row_of(cell);
        int64_t other = row_of(table[at]);
        if (table[at] == EMPTY || !same_tag(table[at], cell) || !same_voter(e, row, other)) {
            if (pushed_in(table, slots + SPARE, at, cell)) return -1;
            continue;
        }
        int order = compared(e, row, other);
        if (order > 0) {
            e->by[other] = row;
            e->fates[other] = SUPERSEDED;
            table[at] = cell;
            seen[lost++] = (uint64_t)other;
        } else {
            e->by[row] = other;
            e->fates[row] = order < 0 ? SUPERSEDED : DUPLICATE;
            if (order < 0) seen[lost++] = (uint64_t)row;
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

static int after(const Entries *e, uint64_t cell, uint64_t other) {
    const uint64_t *one = e->voter[row_of(cell)], *two = e->voter[row_of(other)];
    return one[0] != two[0] ? one[0] > two[0] : one[1] > two[1];
}

static int64_t read_out(const Entries *e, const uint64_t *table, int64_t length, uint64_t *run,
                        int64_t *standing) {
    int64_t count = 0;
    for (int64_t i = 0; i < length; i++) {
        run[count] = table[i];
        count += table[i] != EMPTY;
    }
    for (int64_t i = 1; i < count; i++) {
        uint64_t cell = run[i];
        int64_t at = i;
        while (at > 0 && same_tag(run[at - 1], cell) && !after(e, cell, run[at - 1])) {
            run[at] = run[at - 1];
            at--;
        }
        run[at] = cell;
    }
    for (int64_t i = 0; i < count; i++) standing[i] = row_of(run[i]);
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
    uint64_t *table = malloc((size_t)(largest * 5 / 3 + 1 + SPARE) * sizeof *table);
    uint64_t *seen = malloc((size_t)(largest + 1) * sizeof *seen);
    if (!table || !seen) return -1;
    for (int64_t part = 0; part < parts; part++) {
        int64_t slots = (ends[part] - start) * 5 / 3 + 1, length = slots + SPARE;
        memset(table, 0xFF, (size_t)length * sizeof *table);
        int64_t again = filled(cells + start, ends[part] - start, table, slots, seen);
        int64_t lost = again < 0 ? -1 : decided(&e, table, slots, seen, again);
        if (lost < 0) return -1;
        led_home(&e, (int64_t *)seen, lost);
        count += read_out(&e, table, length, seen, standing + count);
        start = ends[part];
    }
    free(ends), free(cells), free(table), free(seen);
    return count;
}

/* How many standing ballots name each project; votes holds zeros at first. */
void tallied(int64_t n, const uint8_t *fates, const int64_t *indptr, const uint16_t *items,
             int64_t *votes) {
    for (int64_t row = 0; row < n; row++)
        if (fates[row] == STANDS)
            for (int64_t mark = indptr[row]; mark < indptr[row + 1]; mark++) votes[items[mark]]++;
}
