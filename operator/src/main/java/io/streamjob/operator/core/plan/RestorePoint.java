package io.streamjob.operator.core.plan;

import java.util.Optional;

/**
 * A complete snapshot that a run can start from.
 *
 * @param location its folder
 * @param savepoint name of the Savepoint resource that stands for it, if there is one
 * @param why in words, for the status
 */
public record RestorePoint(String location, Optional<String> savepoint, String why) {}
