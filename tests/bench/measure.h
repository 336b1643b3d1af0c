/* What the runner asks of the measuring: see bench.h for what the benchmarks ask. */
#pragma once

/* Measure what measuring costs, and how many time stamps pass in a millisecond, and print both. */
void bench_calibrate(void);
