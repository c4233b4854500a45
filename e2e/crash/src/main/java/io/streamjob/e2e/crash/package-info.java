/**
 * Kills the operator before and after each of its writes, on a real API server and a real S3 with a
 * scripted Flink, and requires the same end as if nothing had happened.
 */
package io.streamjob.e2e.crash;
