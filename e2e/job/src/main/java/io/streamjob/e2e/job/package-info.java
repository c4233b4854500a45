/** The sample job of the demo and the end-to-end tests, and the checker of its output. */
package io.streamjob.e2e.job;
