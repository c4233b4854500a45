package io.streamjob.e2e.crash;

import static io.streamjob.e2e.crash.World.JOB;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.streamjob.api.v1alpha1.Condition;
import io.streamjob.api.v1alpha1.Savepoint;
import io.streamjob.api.v1alpha1.StreamJob;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a user does, and when it is done. */
enum Story {
  CREATE {
    @Override
    void change(World world) {
      createJob(world);
    }

    @Override
    boolean isOver(World world) {
      return isReady(world);
    }
  },
  UPGRADE {
    @Override
    void prepare(World world) throws InterruptedException {
      createJob(world);
      await(world, Story::isReady);
    }

    @Override
    void change(World world) {
      edit(world, "{\"spec\":{\"image\":\"example/orders:2\"}}");
    }

    @Override
    boolean isOver(World world) {
      return isReady(world);
    }
  },
  SUSPEND {
    @Override
    void prepare(World world) throws InterruptedException {
      UPGRADE.prepare(world);
    }

    @Override
    void change(World world) {
      edit(world, "{\"spec\":{\"state\":\"Suspended\"}}");
    }

    @Override
    boolean isOver(World world) {
      return isReady(world);
    }
  },
  RESUME {
    @Override
    void prepare(World world) throws InterruptedException {
      UPGRADE.prepare(world);
      SUSPEND.change(world);
      await(world, Story::isReady);
    }

    @Override
    void change(World world) {
      edit(world, "{\"spec\":{\"state\":\"Running\"}}");
    }

    @Override
    boolean isOver(World world) {
      return isReady(world);
    }
  },
  DELETE {
    @Override
    void prepare(World world) throws InterruptedException {
      UPGRADE.prepare(world);
    }

    @Override
    void change(World world) {
      admin(world).resources(StreamJob.class).inNamespace(world.namespace()).withName(JOB).delete();
    }

    @Override
    boolean isOver(World world) {
      return job(world).isEmpty();
    }
  },
  SAVEPOINT {
    @Override
    void prepare(World world) throws InterruptedException {
      UPGRADE.prepare(world);
    }

    @Override
    void change(World world) {
      admin(world)
          .resource(
              Serialization.unmarshal(
                  """
                  apiVersion: streamjob.io/v1alpha1
                  kind: Savepoint
                  metadata: {name: by-hand, namespace: %s}
                  spec:
                    source: {type: Job, job: {name: orders}}
                    deletionPolicy: Delete
                  """
                      .formatted(world.namespace()),
                  Savepoint.class))
          .create();
    }

    @Override
    boolean isOver(World world) {
      return savepoint(world)
          .map(Savepoint::getStatus)
          .filter(status -> status.conditions() != null && isTrue(status.conditions(), "Ready"))
          .isPresent();
    }
  },
  DELETE_SAVEPOINT {
    @Override
    void prepare(World world) throws InterruptedException {
      SAVEPOINT.prepare(world);
      SAVEPOINT.change(world);
      await(world, SAVEPOINT::isOver);
    }

    @Override
    void change(World world) {
      admin(world)
          .resources(Savepoint.class)
          .inNamespace(world.namespace())
          .withName("by-hand")
          .delete();
    }

    @Override
    boolean isOver(World world) {
      return savepoint(world).isEmpty();
    }
  },
  DELETE_AND_CREATE {
    @Override
    void prepare(World world) throws InterruptedException {
      UPGRADE.prepare(world);
    }

    @Override
    void change(World world) {
      DELETE.change(world);
      try {
        await(world, DELETE::isOver);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
      world.journal().begin();
      createJob(world, "{image: 'example/orders:1', initialState: {from: {empty: {}}}}");
    }

    @Override
    boolean isOver(World world) {
      return isReady(world);
    }
  };

  private static final long PATIENCE_MILLIS = 300_000;

  /** Brings about what the story begins with. */
  void prepare(World world) throws InterruptedException {}

  /** What the user does. */
  abstract void change(World world);

  /** Whether that is done. */
  abstract boolean isOver(World world);

  /** As on the command line. */
  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static Story of(String label) {
    return Arrays.stream(values())
        .filter(story -> story.label().equals(label))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no story " + label));
  }

  private interface Sight {
    boolean isSeen(World world);
  }

  private static void await(World world, Sight sight) throws InterruptedException {
    long end = System.currentTimeMillis() + PATIENCE_MILLIS;
    while (!sight.isSeen(world)) {
      if (System.currentTimeMillis() > end) {
        throw new IllegalStateException("the beginning of the story never came");
      }
      Thread.sleep(100);
    }
  }

  private static KubernetesClient admin(World world) {
    return world.shared().admin();
  }

  private static void createJob(World world) {
    createJob(world, "{image: 'example/orders:1'}");
  }

  private static void createJob(World world, String spec) {
    admin(world)
        .resource(
            Serialization.unmarshal(
                """
                apiVersion: streamjob.io/v1alpha1
                kind: StreamJob
                metadata: {name: orders, namespace: %s}
                spec: %s
                """
                    .formatted(world.namespace(), spec),
                StreamJob.class))
        .create();
  }

  private static void edit(World world, String patch) {
    admin(world)
        .resources(StreamJob.class)
        .inNamespace(world.namespace())
        .withName(JOB)
        .patch(PatchContext.of(PatchType.JSON_MERGE), patch);
  }

  private static Optional<StreamJob> job(World world) {
    return Optional.ofNullable(
        admin(world).resources(StreamJob.class).inNamespace(world.namespace()).withName(JOB).get());
  }

  private static Optional<Savepoint> savepoint(World world) {
    return Optional.ofNullable(
        admin(world)
            .resources(Savepoint.class)
            .inNamespace(world.namespace())
            .withName("by-hand")
            .get());
  }

  /** The job is what its newest spec says, and nothing is under way. */
  private static boolean isReady(World world) {
    return job(world)
        .filter(job -> job.getStatus() != null && job.getStatus().conditions() != null)
        .filter(
            job -> job.getMetadata().getGeneration().equals(job.getStatus().observedGeneration()))
        .filter(job -> job.getStatus().upgrade() == null)
        .filter(job -> isTrue(job.getStatus().conditions(), "Ready"))
        .isPresent();
  }

  private static boolean isTrue(List<Condition> conditions, String type) {
    return conditions.stream()
        .anyMatch(condition ->
            condition.type().equals(type) && condition.status() == Condition.Status.True);
  }
}
