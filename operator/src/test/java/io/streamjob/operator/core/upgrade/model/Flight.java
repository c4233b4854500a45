package io.streamjob.operator.core.upgrade.model;

import io.streamjob.operator.core.upgrade.Action;
import java.util.Optional;

/**
 * A call on its way.
 *
 * @param reply what it was answered, if it is the reply that is on its way
 * @param isAwaited whether the operator still waits for it
 */
record Flight(Action.Call call, Optional<Heard> reply, boolean isAwaited) {}
