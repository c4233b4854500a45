package io.streamjob.operator.flink;

import io.streamjob.api.v1alpha1.SavepointFormat;

/**
 * A snapshot to ask for.
 *
 * @param triggerId 32 hexadecimal digits chosen by the caller. Flink takes a repeat of (job,
 *     trigger) for the same request, keeps failures too, and does not tell savepoints from stops:
 *     every attempt needs an id of its own
 * @param targetDirectory the attempt's own folder
 */
public record SavepointRequest(String triggerId, String targetDirectory, SavepointFormat format) {}
