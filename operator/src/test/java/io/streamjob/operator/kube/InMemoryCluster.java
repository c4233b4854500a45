package io.streamjob.operator.kube;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.streamjob.api.v1alpha1.Savepoint;
import io.streamjob.api.v1alpha1.StreamJob;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * An API server in memory. Every object that goes in or out is a copy. Versions are numbers that
 * only grow; a status is put only over the version that it was made from.
 */
public final class InMemoryCluster implements Cluster {

  private static final KubernetesSerialization JSON =
      new KubernetesSerialization(new ObjectMapper(), true);

  static {
    JSON.registerKubernetesResource(StreamJob.class);
    JSON.registerKubernetesResource(Savepoint.class);
  }

  /** When a call fails. */
  public enum Moment {
    /** Nothing was done. */
    BEFORE,
    /** It was done, and only the answer is lost. */
    AFTER
  }

  /** An Event. */
  public record Told(String kind, String name, String reason, String message, boolean isWarning) {}

  private record Key(String kind, String namespace, String name) {
    static Key of(HasMetadata object) {
      return new Key(
          object.getKind(), object.getMetadata().getNamespace(), object.getMetadata().getName());
    }
  }

  private final Map<Key, List<Optional<String>>> versions = new LinkedHashMap<>();
  private final Map<String, Integer> lags = new HashMap<>();
  private final Set<String> terminating = new HashSet<>();
  private final Map<String, Map<String, String>> secrets = new HashMap<>();
  private final Set<String> forbiddenSecrets = new HashSet<>();
  private final List<Told> events = new ArrayList<>();
  private final List<String> writes = new ArrayList<>();
  private Consumer<HasMetadata> created = object -> {};
  private Consumer<HasMetadata> deleted = object -> {};
  private long version = 100;
  private int failsAt;
  private boolean hasFailed;
  private Moment moment = Moment.BEFORE;
  private Optional<String> refusedKind = Optional.empty();

  // ---- the operator's side

  @Override
  public synchronized void createIfAbsent(HasMetadata object) {
    fail(Moment.BEFORE);
    if (refusedKind.equals(Optional.of(object.getKind()))) {
      throw new RefusedException("ApiServerRefused", "admission says no to " + object.getKind());
    }
    if (terminating.contains(object.getMetadata().getNamespace())) {
      throw new RefusedException(RefusedException.NAMESPACE_TERMINATING, "it is being deleted");
    }
    Optional<HasMetadata> present = now(Key.of(object));
    if (present.isPresent() && !owner(present.get()).equals(owner(object))) {
      throw new RefusedException("NameTaken", "it belongs to something else");
    }
    if (present.isEmpty()) {
      writes.add("create " + name(object));
      add(object);
    }
    fail(Moment.AFTER);
  }

  private static String owner(HasMetadata object) {
    return object.getMetadata().getOwnerReferences().stream()
        .findFirst()
        .map(reference -> reference.getUid())
        .orElse("");
  }

  @Override
  public synchronized void editData(
      String namespace, String name, UnaryOperator<Map<String, String>> edit) {
    fail(Moment.BEFORE);
    find(ConfigMap.class, name)
        .ifPresent(found -> {
          Map<String, String> before = found.getData() == null ? Map.of() : found.getData();
          Map<String, String> after = edit.apply(before);
          if (!after.equals(before)) {
            writes.add("edit " + name(found));
            store(found.edit().withData(after).build());
          }
        });
    fail(Moment.AFTER);
  }

  @Override
  public synchronized void delete(HasMetadata object) {
    fail(Moment.BEFORE);
    if (now(Key.of(object)).isPresent()) {
      writes.add("delete " + name(object));
      remove(object);
    }
    fail(Moment.AFTER);
  }

  @Override
  public synchronized <T extends HasMetadata> T putStatus(T object) {
    fail(Moment.BEFORE);
    HasMetadata present =
        now(Key.of(object)).orElseThrow(() -> new KubernetesClientException("gone", 404, null));
    if (!Objects.equals(
        present.getMetadata().getResourceVersion(), object.getMetadata().getResourceVersion())) {
      throw new KubernetesClientException(
          "the object has been modified; apply your changes to the latest version", 409, null);
    }
    writes.add("status " + name(object));
    T written = withSpecOf(present, object);
    fail(Moment.AFTER);
    return written;
  }

  @SuppressWarnings("unchecked") // of one key, hence of one kind
  private <T extends HasMetadata> T withSpecOf(HasMetadata present, T object) {
    HasMetadata next = copy(object);
    switch (next) {
      case StreamJob job -> job.setSpec(((StreamJob) present).getSpec());
      case Savepoint savepoint -> savepoint.setSpec(((Savepoint) present).getSpec());
      default -> throw new IllegalArgumentException("no status of " + object.getKind());
    }
    next.setMetadata(present.getMetadata());
    return (T) store(next);
  }

  @Override
  public synchronized void putFinalizers(HasMetadata object, List<String> finalizers) {
    fail(Moment.BEFORE);
    HasMetadata present =
        now(Key.of(object)).orElseThrow(() -> new KubernetesClientException("gone", 404, null));
    if (!Objects.equals(
        present.getMetadata().getResourceVersion(), object.getMetadata().getResourceVersion())) {
      throw new KubernetesClientException("the object has been modified", 409, null);
    }
    writes.add("finalizers " + name(object));
    HasMetadata next = copy(present);
    next.getMetadata().setFinalizers(finalizers);
    store(next);
    fail(Moment.AFTER);
  }

  @Override
  @SuppressWarnings("unchecked") // of one key, hence of one kind
  public synchronized <T extends HasMetadata> Optional<T> fresh(T object) {
    return (Optional<T>) now(Key.of(object));
  }

  @Override
  public synchronized <T extends HasMetadata> List<T> list(Class<T> type, String namespace) {
    return objects(0).filter(type::isInstance).map(type::cast).toList();
  }

  @Override
  public synchronized boolean isTerminating(String namespace) {
    return terminating.contains(namespace);
  }

  /** Begins to delete a namespace: nothing new is let in. */
  public synchronized void terminate(String namespace) {
    terminating.add(namespace);
  }

  @Override
  public synchronized Optional<Map<String, String>> secret(String namespace, String name) {
    if (forbiddenSecrets.contains(name)) {
      throw new RefusedException("SecretForbidden", "no right to read " + name);
    }
    return Optional.ofNullable(secrets.get(namespace + "/" + name));
  }

  @Override
  public synchronized boolean event(
      HasMetadata about, String reason, String message, boolean isWarning) {
    events.add(
        new Told(about.getKind(), about.getMetadata().getName(), reason, message, isWarning));
    return true;
  }

  // ---- everybody else's side

  /** Puts an object there as a user does, or changes its spec. */
  public synchronized void apply(HasMetadata object) {
    Optional<HasMetadata> present = now(Key.of(object));
    if (present.isEmpty()) {
      add(object);
      return;
    }
    HasMetadata next = present.get();
    switch (next) {
      case StreamJob job -> job.setSpec(((StreamJob) object).getSpec());
      case Savepoint savepoint -> savepoint.setSpec(((Savepoint) object).getSpec());
      default -> throw new IllegalArgumentException("nobody edits " + object.getKind());
    }
    next.getMetadata().setGeneration(next.getMetadata().getGeneration() + 1);
    store(next);
  }

  /** Replaces an object as it is, its status included. */
  public synchronized void replace(HasMetadata object) {
    store(object);
  }

  /** Asks for an object to be deleted that has a finalizer. */
  public synchronized void markForDeletion(HasMetadata object) {
    HasMetadata present = now(Key.of(object)).orElseThrow();
    present.getMetadata().setDeletionTimestamp(Instant.EPOCH.toString());
    store(present);
  }

  /** Removes an object, and as the garbage collector does, what it owns. */
  public synchronized void remove(HasMetadata object) {
    Key key = Key.of(object);
    Optional<HasMetadata> present = now(key);
    versions.getOrDefault(key, new ArrayList<>()).add(Optional.empty());
    present.ifPresent(deleted);
    present
        .map(gone -> gone.getMetadata().getUid())
        .ifPresent(uid ->
            objects(0).filter(child -> owner(child).equals(uid)).toList().forEach(this::remove));
  }

  public synchronized void putSecret(String namespace, String name, Map<String, String> values) {
    secrets.put(namespace + "/" + name, values);
  }

  /** The operator has no right to read Secrets of that name. */
  public synchronized void forbidSecret(String name) {
    forbiddenSecrets.add(name);
  }

  public synchronized void removeSecret(String namespace, String name) {
    secrets.remove(namespace + "/" + name);
  }

  /** Called with every object that comes into being. */
  public synchronized void onCreated(Consumer<HasMetadata> listener) {
    created = listener;
  }

  /** Called with every object that goes. */
  public synchronized void onDeleted(Consumer<HasMetadata> listener) {
    deleted = listener;
  }

  /** Caches show objects of that kind as they were so many writes ago. */
  public synchronized void lag(Class<? extends HasMetadata> kind, int howManyWrites) {
    lags.put(HasMetadata.getKind(kind), howManyWrites);
  }

  /** The {@code n}-th call from now on that changes something fails, and those after it work. */
  public synchronized void failCall(int n, Moment when) {
    failsAt = n;
    moment = when;
  }

  /** Whether the call that was to fail was made. */
  public synchronized boolean hasFailed() {
    return hasFailed;
  }

  /** No object of that kind is let in from now on. */
  public synchronized void refuse(Class<? extends HasMetadata> kind) {
    refusedKind = Optional.of(HasMetadata.getKind(kind));
  }

  // ---- what is there

  /** Everything, as caches have it. */
  public synchronized List<HasMetadata> cached() {
    return versions.keySet().stream()
        .flatMap(key -> at(key, lags.getOrDefault(key.kind(), 0)).stream())
        .toList();
  }

  public synchronized <T extends HasMetadata> Optional<T> cached(Class<T> type, String name) {
    return cached().stream()
        .filter(type::isInstance)
        .filter(object -> object.getMetadata().getName().equals(name))
        .map(type::cast)
        .findFirst();
  }

  public synchronized <T extends HasMetadata> Optional<T> find(Class<T> type, String name) {
    return objects(0)
        .filter(type::isInstance)
        .filter(object -> object.getMetadata().getName().equals(name))
        .map(type::cast)
        .findFirst();
  }

  public synchronized List<Told> events() {
    return List.copyOf(events);
  }

  /** What the operator changed, Events aside, in order: {@code create Deployment/orders-1}. */
  public synchronized List<String> writes() {
    return List.copyOf(writes);
  }

  /** All that was ever stored or told, as one text; secrets are not part of it. */
  public synchronized String everything() {
    return versions.toString() + events;
  }

  // ---- within

  private void fail(Moment now) {
    if (now == Moment.BEFORE) {
      failsAt--;
    }
    if (failsAt == 0 && now == moment) {
      hasFailed = true;
      failsAt--;
      throw new KubernetesClientException("the connection was lost", 0, null);
    }
  }

  private static String name(HasMetadata object) {
    return object.getKind() + "/" + object.getMetadata().getName();
  }

  private void add(HasMetadata object) {
    HasMetadata next = copy(object);
    next.getMetadata().setUid(UUID.randomUUID().toString());
    next.getMetadata().setGeneration(1L);
    next.getMetadata().setCreationTimestamp(Instant.EPOCH.toString());
    created.accept(store(next));
  }

  private HasMetadata store(HasMetadata object) {
    HasMetadata next = copy(object);
    version++;
    next.getMetadata().setResourceVersion(String.valueOf(version));
    versions
        .computeIfAbsent(Key.of(next), key -> new ArrayList<>())
        .add(Optional.of(JSON.asJson(next)));
    return next;
  }

  private Stream<HasMetadata> objects(int lag) {
    return versions.keySet().stream().flatMap(key -> at(key, lag).stream());
  }

  private Optional<HasMetadata> now(Key key) {
    return at(key, 0);
  }

  private Optional<HasMetadata> at(Key key, int lag) {
    List<Optional<String>> all = versions.getOrDefault(key, List.of());
    int index = all.size() - 1 - lag;
    return index < 0 ? Optional.empty() : all.get(index).map(InMemoryCluster::read);
  }

  /** Objects of no class of ours come back with the class of their kind. */
  private static HasMetadata copy(HasMetadata object) {
    return read(JSON.asJson(object));
  }

  private static HasMetadata read(String json) {
    HasMetadata object = JSON.unmarshal(json);
    if (object instanceof GenericKubernetesResource unknown) {
      throw new IllegalStateException("no class for kind " + unknown.getKind());
    }
    return object;
  }
}
