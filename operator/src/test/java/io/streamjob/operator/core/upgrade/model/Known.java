package io.streamjob.operator.core.upgrade.model;

import io.streamjob.operator.core.upgrade.MachineState;
import io.streamjob.operator.core.upgrade.UpgradeState.Executing;
import java.util.Collections;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * A state of the machine, one object for each.
 *
 * @param operationId of the attempt in progress
 * @param ids of every job, attempt and snapshot that it speaks of
 */
record Known(MachineState state, Optional<String> operationId, Set<String> ids) {

  static final String UID = "0b6a7a5e-0000-4000-8000-000000000001";
  private static final Pattern ID = Pattern.compile("[0-9a-f]{32}");
  private static final Map<Object, Set<String>> IDS = new ConcurrentHashMap<>();
  private static final Map<MachineState, Known> ALL = new ConcurrentHashMap<>();

  static Known of(MachineState state) {
    Known known = ALL.get(state);
    return known == null ? ALL.computeIfAbsent(state, Known::find) : known;
  }

  private static Known find(MachineState state) {
    Optional<String> operationId =
        state.upgrade() instanceof Executing executing
            ? Optional.of(executing.operationId(UID))
            : Optional.empty();
    Set<String> ids = findIds(state);
    operationId.ifPresent(ids::add);
    return new Known(state, operationId, Collections.unmodifiableSet(ids));
  }

  /** Every id that a thing speaks of. */
  static Set<String> ids(Object thing) {
    Set<String> ids = IDS.get(thing);
    return ids == null ? IDS.computeIfAbsent(thing, Known::findIds) : ids;
  }

  private static Set<String> findIds(Object thing) {
    var ids = new HashSet<String>();
    ID.matcher(thing.toString()).results().forEach(found -> ids.add(found.group()));
    return ids;
  }

  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }
}
