package io.streamjob.e2e.crash;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.OwnerReference;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Kubernetes' garbage collector: what has owners, none of which is there, is deleted. */
record Collector(Shared shared, String namespace) {

  /** Collects until nothing is left to collect. */
  void run() {
    while (true) {
      List<GenericKubernetesResource> seen = shared.kinds().list(namespace);
      if (seen.stream().noneMatch(object -> isOrphan(object, uids(seen)))) {
        return;
      }
      // Looked at again: one list is older than the other.
      Set<String> now = uids(shared.kinds().list(namespace));
      seen.stream()
          .filter(object -> isOrphan(object, now))
          .forEach(object -> shared.admin().resource(object).withGracePeriod(0).delete());
    }
  }

  private static Set<String> uids(List<GenericKubernetesResource> objects) {
    return objects.stream()
        .map(object -> object.getMetadata().getUid())
        .collect(Collectors.toSet());
  }

  private static boolean isOrphan(GenericKubernetesResource object, Set<String> alive) {
    List<OwnerReference> owners = object.getMetadata().getOwnerReferences();
    return !owners.isEmpty()
        && object.getMetadata().getDeletionTimestamp() == null
        && owners.stream().noneMatch(owner -> alive.contains(owner.getUid()));
  }
}
