package io.streamjob.operator.flink;

/** What {@code GET /overview} says of a cluster's capacity. */
public record ClusterOverview(int slots) {}
