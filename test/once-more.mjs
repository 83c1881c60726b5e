/**
 * On the integration machine a failed test is run once more, and its first failure printed: many tests start real processes,
 * and a machine that stalls for seconds must not throw away a day's work. At a developer's desk a failure is a failure.
 */
import { jest } from "@jest/globals";

if (process.env.CI) jest.retryTimes(1, { logErrorsBeforeRetry: true });
