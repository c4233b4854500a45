package io.streamjob.e2e.suite;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.streamjob.api.v1alpha1.StreamJob;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A fresh namespace with Pod Security {@code restricted} and the storage's Secret, for one class of
 * tests; afterwards it goes. When a test fails, what the namespace looks like is written down.
 */
final class Scene implements BeforeAllCallback, AfterTestExecutionCallback, AfterAllCallback {

  static final String STORAGE_NAMESPACE = "storage";
  static final String STORAGE_SECRET = "streamjob-storage";
  static final String IMAGE = "localhost/streamjob/suite:";

  /** Whether all moments are to be played, as {@code e2e/test --full} wants it. */
  static final boolean FULL = System.getenv("STREAMJOB_E2E_FULL") != null;

  private final String namespace;
  private final KubernetesClient client = new KubernetesClientBuilder().build();
  private final Doors doors = new Doors(client);
  private Objects objects;

  Scene(String story) {
    int random = ThreadLocalRandom.current().nextInt(0x1000, 0x10000);
    namespace = "e2e-%s-%s".formatted(story, Integer.toHexString(random));
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    client
        .namespaces()
        .resource(
            new NamespaceBuilder()
                .withNewMetadata()
                .withName(namespace)
                .addToLabels("pod-security.kubernetes.io/enforce", "restricted")
                .addToLabels("streamjob.io/e2e", "suite")
                .endMetadata()
                .build())
        .create();
    Secret credentials =
        client.secrets().inNamespace(STORAGE_NAMESPACE).withName("s3-credentials").require();
    objects = new Objects(doors.http(STORAGE_NAMESPACE, "objects", 9000), credentials);
    createStorageSecret();
  }

  /** The Secret that the storage profile asks for in the job's own namespace. */
  void createStorageSecret() {
    client
        .secrets()
        .inNamespace(namespace)
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName(STORAGE_SECRET)
                .endMetadata()
                .withStringData(
                    Map.of("accessKey", objects.accessKey(), "secretKey", objects.secretKey()))
                .build())
        .create();
  }

  void deleteStorageSecret() {
    client.secrets().inNamespace(namespace).withName(STORAGE_SECRET).delete();
  }

  @Override
  public void afterTestExecution(ExtensionContext context) {
    if (context.getExecutionException().isPresent()) {
      String test =
          context.getRequiredTestClass().getSimpleName()
              + "."
              + context.getRequiredTestMethod().getName()
              + ofCase(context);
      new Diagnosis(client, namespace).write(test);
    }
  }

  /** What tells the cases of a parameterised test apart; nothing for any other test. */
  private static String ofCase(ExtensionContext context) {
    String name = context.getDisplayName();
    return name.startsWith(context.getRequiredTestMethod().getName())
        ? ""
        : "." + name.replaceAll("[^A-Za-z0-9-]+", "-");
  }

  /** Ends what the tests left running; STREAMJOB_E2E_KEEP in the environment lets it be. */
  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    if (System.getenv("STREAMJOB_E2E_KEEP") == null) {
      jobs().forEach(job -> new Job(this, job.getMetadata().getName()).cancelAndDelete());
      client.namespaces().withName(namespace).delete();
    }
    doors.close();
    client.close();
  }

  private List<StreamJob> jobs() {
    return client.resources(StreamJob.class).inNamespace(namespace).list().getItems();
  }

  String namespace() {
    return namespace;
  }

  KubernetesClient client() {
    return client;
  }

  Doors doors() {
    return doors;
  }

  Objects objects() {
    return objects;
  }
}
