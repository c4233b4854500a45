package io.streamjob.operator.core.upgrade.model;

import io.streamjob.api.v1alpha1.SavepointFormat;
import io.streamjob.api.v1alpha1.StreamJobSpec.UpgradeStrategy;
import io.streamjob.operator.core.spec.Desired;
import io.streamjob.operator.core.spec.Desired.Lifecycle;
import io.streamjob.operator.core.spec.Desired.RestartPolicy;
import io.streamjob.operator.core.spec.ParsedSpec;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** What the user's spec says. */
enum Wish {
  RUN_ONE(Version.ONE, Lifecycle.RUNNING),
  RUN_TWO(Version.TWO, Lifecycle.RUNNING),
  RUN_THREE(Version.THREE, Lifecycle.RUNNING),
  /** Version two, in the room of version one. */
  RECREATE_TWO(Version.TWO, Lifecycle.RUNNING),
  /** A version that fails, in the room of version one. */
  RECREATE_FAILS(Version.FAILS, Lifecycle.RUNNING),
  /** What fails after its first checkpoint is started again, once. */
  RUN_PERSISTENT(Version.FAILS_LATER, Lifecycle.RUNNING),
  RUN_BOUNDED(Version.BOUNDED, Lifecycle.RUNNING),
  RUN_REFUSED(Version.REFUSED, Lifecycle.RUNNING),
  RUN_THROWS_LATE(Version.THROWS_LATE, Lifecycle.RUNNING),
  RUN_FAILS(Version.FAILS, Lifecycle.RUNNING),
  RUN_FAILS_LATER(Version.FAILS_LATER, Lifecycle.RUNNING),
  RUN_RESTARTS(Version.RESTARTS, Lifecycle.RUNNING),
  RUN_NO_IMAGE(Version.NO_IMAGE, Lifecycle.RUNNING),
  RUN_NO_JAR(Version.NO_JAR, Lifecycle.RUNNING),
  SUSPEND_ONE(Version.ONE, Lifecycle.SUSPENDED),
  DELETE_ONE(Version.ONE, Lifecycle.DELETED),
  NONSENSE(Version.ONE, Lifecycle.RUNNING);

  private static final Map<String, ParsedSpec> SPECS = new ConcurrentHashMap<>();

  final Version version;
  final Lifecycle lifecycle;

  Wish(Version version, Lifecycle lifecycle) {
    this.version = version;
    this.lifecycle = lifecycle;
  }

  /** As the operator reads it. */
  ParsedSpec at(int generation) {
    return SPECS.computeIfAbsent(name() + generation, key -> spec(generation));
  }

  private ParsedSpec spec(int generation) {
    return this == NONSENSE
        ? new ParsedSpec.Invalid(generation, "spec: makes no sense")
        : new ParsedSpec.Valid(
            new Desired(
                generation,
                lifecycle,
                version.spec(),
                Optional.empty(),
                SavepointFormat.Canonical,
                true,
                this == RECREATE_TWO || this == RECREATE_FAILS
                    ? UpgradeStrategy.Recreate
                    : UpgradeStrategy.Standby,
                this == RUN_PERSISTENT
                    ? Optional.of(new RestartPolicy(1, Duration.ofHours(1)))
                    : Optional.empty()));
  }
}
