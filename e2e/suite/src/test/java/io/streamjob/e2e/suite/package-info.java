/**
 * The scenarios on real Kubernetes, real Flink and real S3. Each class has a namespace of its own
 * and tells one story; each test first brings the job to where the story stands ({@code given}), so
 * that it also runs alone. What is awaited has generous limits and says what was seen last.
 */
package io.streamjob.e2e.suite;
