/* SPDX-License-Identifier: MIT
 * check_map.c - the map against a plain array, under random puts and deletions (SEED=… repeats).
 */
#include "linnet/base/map.h"

#include <check.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "linnet/base/hash.h"

#define KEYS 512

static int values[KEYS];

START_TEST(absent_until_put)
{
    struct ln_map m;
    ln_map_init(&m);
    ck_assert_ptr_null(ln_map_get(&m, 0));
    ck_assert_ptr_null(ln_map_del(&m, 0));
    ck_assert_ptr_null(m.slots);
    ck_assert_ptr_null(ln_map_put(&m, 0, &values[0])); /* key 0 is a key */
    ck_assert_ptr_eq(ln_map_get(&m, 0), &values[0]);
    ck_assert_ptr_eq(ln_map_put(&m, 0, &values[1]), &values[0]);
    ck_assert_uint_eq(m.count, 1);
    ck_assert_ptr_eq(ln_map_del(&m, 0), &values[1]);
    ck_assert_uint_eq(m.count, 0);
    ln_map_deinit(&m);
    ck_assert_uint_eq(m.cap, 0);
}
END_TEST

START_TEST(many_keys_are_walked_once_each)
{
    struct ln_map m;
    ln_map_init(&m);
    for (uint64_t k = 0; k < KEYS; k++)
        ln_map_put(&m, k << 40, &values[k]);
    ck_assert_uint_eq(m.count, KEYS);
    ck_assert_uint_le(m.count, m.cap / 4 * 3);
    bool seen[KEYS] = {false};
    uint64_t key;
    int *v;
    size_t n = 0;
    for (size_t i = 0; (v = ln_map_each(&m, &i, &key)); n++) {
        ck_assert_ptr_eq(v, &values[key >> 40]);
        ck_assert(!seen[key >> 40]);
        seen[key >> 40] = true;
    }
    ck_assert_uint_eq(n, KEYS);
    n = 0;
    for (size_t i = 0; ln_map_each(&m, &i, NULL);)
        n++;
    ck_assert_uint_eq(n, KEYS);
    ln_map_deinit(&m);
}
END_TEST

static uint64_t
read_seed(void)
{
    const char *text = getenv("SEED");
    uint64_t seed = text ? strtoull(text, NULL, 10) : (uint64_t)time(NULL);
    printf("SEED=%llu\n", (unsigned long long)seed);
    fflush(stdout);
    return seed;
}

/* Few slots, many deletions: runs wrap round the table's end and holes close across it. */
START_TEST(random_changes_match_an_array)
{
    uint64_t state = read_seed();
    struct ln_map m;
    ln_map_init(&m);
    void *model[KEYS] = {NULL};
    size_t count = 0;
    for (int step = 0; step < 200000; step++) {
        state = ln_hash_mix(state + 0x9e3779b97f4a7c15u);
        size_t range = step % 20000 < 10000 ? 12 : KEYS;
        size_t k = (size_t)(state >> 8) % range;
        if (state & 1) {
            void *v = &values[(state >> 32) % KEYS];
            ck_assert_ptr_eq(ln_map_put(&m, k, v), model[k]);
            count += model[k] == NULL;
            model[k] = v;
        } else {
            ck_assert_ptr_eq(ln_map_del(&m, k), model[k]);
            count -= model[k] != NULL;
            model[k] = NULL;
        }
        ck_assert_uint_eq(m.count, count);
        if (step % 100 == 0) {
            for (size_t i = 0; i < KEYS; i++)
                ck_assert_ptr_eq(ln_map_get(&m, i), model[i]);
        }
    }
    ln_map_deinit(&m);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("map");
    TCase *tc = tcase_create("map");
    tcase_add_test(tc, absent_until_put);
    tcase_add_test(tc, many_keys_are_walked_once_each);
    tcase_add_test(tc, random_changes_match_an_array);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
