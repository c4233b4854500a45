package io.streamjob.operator.flink;

/** A savepoint or a stop that was asked for. */
public record TriggerKey(String jobId, String triggerId) {}
