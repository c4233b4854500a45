/** From the state and what was observed to the status that people and tools read. */
package io.streamjob.operator.core.report;
