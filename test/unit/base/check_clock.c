/* SPDX-License-Identifier: MIT
 * check_clock.c - real clocks move, fake clocks stand.
 */
#include "linnet/base/clock.h"

#include <check.h>
#include <time.h>

START_TEST(real_clocks_move_forward)
{
    uint64_t before = ln_mono_us();
    uint64_t after = before;
    for (int i = 0; i < 100000000 && after == before; i++)
        after = ln_mono_us();
    ck_assert_uint_gt(after, before);
    ck_assert_uint_le(ln_mono_ms(), ln_mono_us() / 1000);
    ln_ts now = ln_wall_ms();
    ln_ts seconds = (ln_ts)time(NULL);
    ck_assert_int_ge(now / 1000, seconds - 2);
    ck_assert_int_le(now / 1000, seconds + 2);
}
END_TEST

START_TEST(fake_clocks_stand_until_set)
{
    ln_clock_fake(5000, 1732480000123);
    ck_assert_uint_eq(ln_mono_ms(), 5000);
    ck_assert_uint_eq(ln_mono_us(), 5000000);
    ck_assert_int_eq(ln_wall_ms(), 1732480000123);
    ln_clock_fake(6000, 1);
    ck_assert_uint_eq(ln_mono_ms(), 6000);
    ck_assert_int_eq(ln_wall_ms(), 1);
    ln_clock_real();
    ck_assert_int_gt(ln_wall_ms(), 1732480000123);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("clock");
    TCase *tc = tcase_create("clock");
    tcase_add_test(tc, real_clocks_move_forward);
    tcase_add_test(tc, fake_clocks_stand_until_set);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
