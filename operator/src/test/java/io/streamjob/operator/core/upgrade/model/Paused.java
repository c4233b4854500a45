package io.streamjob.operator.core.upgrade.model;

import io.streamjob.operator.core.upgrade.Action;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A former leader, stopped between deciding and doing.
 *
 * @param seen the state that it decided from
 * @param next the state that it is about to write
 * @param actions or else what it is about to do
 * @param isNewest whether nobody wrote the state since
 */
record Paused(Known seen, Optional<Known> next, List<Action> actions, boolean isNewest) {

  Set<String> ids() {
    var ids = new HashSet<>(seen.ids());
    next.ifPresent(state -> ids.addAll(state.ids()));
    actions.forEach(action -> ids.addAll(Known.ids(action)));
    return ids;
  }

  Paused overtaken() {
    return new Paused(seen, next, actions, false);
  }
}
