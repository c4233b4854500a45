package io.streamjob.operator.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.streamjob.api.v1alpha1.StreamJob;
import io.streamjob.operator.core.Samples;
import io.streamjob.operator.kube.Cluster.RefusedException;
import io.streamjob.operator.kube.InMemoryCluster.Moment;
import org.junit.jupiter.api.Test;

/** The double behaves as the API server does where the operator relies on it. */
class InMemoryClusterTest {

  private final InMemoryCluster cluster = new InMemoryCluster();

  private StreamJob job() {
    return cluster.find(StreamJob.class, "orders").orElseThrow();
  }

  private void applyJob(String image) {
    cluster.apply(Samples.job("image: " + image));
  }

  private static ConfigMap map() {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withName("map")
        .withNamespace("shop")
        .endMetadata()
        .build();
  }

  @Test
  void refusesAStatusMadeFromAnOlderVersion() {
    applyJob("example/orders:1");
    StreamJob old = job();
    applyJob("example/orders:2");
    assertThatThrownBy(() -> cluster.putStatus(old))
        .isInstanceOfSatisfying(
            KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(409));
    assertThat(cluster.writes()).isEmpty();
  }

  @Test
  void changesNothingButTheStatus() {
    applyJob("example/orders:1");
    StreamJob mine = job();
    mine.setSpec(Samples.job("image: example/orders:9").getSpec());
    StreamJob written = cluster.putStatus(mine);
    assertThat(written.getSpec().image()).isEqualTo("example/orders:1");
    assertThat(written.getMetadata().getGeneration()).isEqualTo(1);
    assertThat(cluster.writes()).containsExactly("status StreamJob/orders");
  }

  @Test
  void createsOnceAndNotOverSomebodyElse() {
    applyJob("example/orders:1");
    cluster.createIfAbsent(map());
    cluster.createIfAbsent(map());
    assertThat(cluster.writes()).containsExactly("create ConfigMap/map");
    assertThatThrownBy(() -> cluster.createIfAbsent(Cluster.ownedBy(map(), job())))
        .isInstanceOf(RefusedException.class);
  }

  @Test
  void collectsWhatAnObjectOwned() {
    applyJob("example/orders:1");
    cluster.createIfAbsent(Cluster.ownedBy(map(), job()));
    cluster.remove(job());
    assertThat(cluster.find(ConfigMap.class, "map")).isEmpty();
  }

  @Test
  void showsCachesWhatWas() {
    applyJob("example/orders:1");
    applyJob("example/orders:2");
    cluster.lag(StreamJob.class, 1);
    assertThat(cluster.cached(StreamJob.class, "orders").orElseThrow().getSpec().image())
        .isEqualTo("example/orders:1");
    assertThat(cluster.fresh(job()).orElseThrow().getSpec().image()).isEqualTo("example/orders:2");
    cluster.lag(StreamJob.class, 2);
    assertThat(cluster.cached(StreamJob.class, "orders")).isEmpty();
  }

  @Test
  void losesACallBeforeOrAfterItIsDone() {
    cluster.failCall(1, Moment.BEFORE);
    assertThatThrownBy(() -> cluster.createIfAbsent(map()))
        .isInstanceOf(KubernetesClientException.class);
    assertThat(cluster.find(ConfigMap.class, "map")).isEmpty();
    cluster.failCall(1, Moment.AFTER);
    assertThatThrownBy(() -> cluster.createIfAbsent(map()))
        .isInstanceOf(KubernetesClientException.class);
    assertThat(cluster.find(ConfigMap.class, "map")).isPresent();
  }
}
