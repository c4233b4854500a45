package io.streamjob.e2e.crash;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.streamjob.api.v1alpha1.StreamJob;
import io.streamjob.operator.manifest.Names;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The eyes of all that works in a cluster besides the operator: one set of caches for the
 * namespaces of all runs, which tells each {@link World} when something of its own has changed.
 */
final class Kubelet implements AutoCloseable {

  private final Map<String, World> worlds = new ConcurrentHashMap<>();
  private final List<SharedIndexInformer<? extends HasMetadata>> informers;

  Kubelet(KubernetesClient admin) {
    informers =
        List.of(
            parts(admin, Deployment.class),
            parts(admin, Pod.class),
            parts(admin, Service.class),
            admin.resources(StreamJob.class).inAnyNamespace().inform(new Teller<>()));
  }

  private <T extends HasMetadata> SharedIndexInformer<T> parts(
      KubernetesClient admin, Class<T> type) {
    return admin
        .resources(type)
        .inAnyNamespace()
        .withLabel(Names.MANAGED_BY, Names.OPERATOR)
        .inform(new Teller<>());
  }

  void join(World world) {
    worlds.put(world.namespace(), world);
  }

  void leave(World world) {
    worlds.remove(world.namespace());
  }

  /** The objects of a kind in a namespace, as the cache has them. */
  <T extends HasMetadata> List<T> list(Class<T> type, String namespace) {
    return informers.stream()
        .filter(informer -> informer.getApiTypeClass() == type)
        .flatMap(informer -> informer.getIndexer().byIndex("namespace", namespace).stream())
        .map(type::cast)
        .toList();
  }

  @Override
  public void close() {
    informers.forEach(SharedIndexInformer::close);
  }

  private final class Teller<T extends HasMetadata> implements ResourceEventHandler<T> {

    @Override
    public void onAdd(T object) {
      tell(object);
    }

    @Override
    public void onUpdate(T before, T after) {
      tell(after);
    }

    @Override
    public void onDelete(T object, boolean isStateUnknown) {
      tell(object);
      World world = worlds.get(object.getMetadata().getNamespace());
      if (world != null) {
        world.gone();
      }
    }

    private void tell(T object) {
      World world = worlds.get(object.getMetadata().getNamespace());
      if (world != null) {
        world.poke();
      }
    }
  }
}
