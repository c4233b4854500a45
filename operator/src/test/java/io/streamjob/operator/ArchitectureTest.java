package io.streamjob.operator;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.syntax.elements.GivenClassesConjunction;
import io.fabric8.kubernetes.client.CustomResource;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What may know what. */
class ArchitectureTest {

  private static final String BASE = "io.streamjob.operator.";
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.streamjob.operator");

  @Test
  void pureCodeKnowsNoClients() {
    pureCode()
        .should()
        .dependOnClassesThat(
            resideInAPackage("io.fabric8.kubernetes.client..")
                .and(not(assignableTo(CustomResource.class))))
        .orShould()
        .dependOnClassesThat(
            resideInAnyPackage(
                "io.javaoperatorsdk..",
                "io.minio..",
                "okhttp3..",
                "java.net.http..",
                "org.slf4j..",
                "java.util.logging.."))
        .check(CLASSES);
  }

  @Test
  void pureCodeKnowsNoThreads() {
    pureCode()
        .should()
        .dependOnClassesThat(resideInAPackage("java.util.concurrent.."))
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(Thread.class)
        .check(CLASSES);
  }

  @Test
  void pureCodeKnowsNoClock() {
    pureCode()
        .should()
        .dependOnClassesThat()
        .areAssignableTo(Clock.class)
        .orShould()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(LocalDateTime.class, "now")
        .orShould()
        .callMethod(OffsetDateTime.class, "now")
        .orShould()
        .callMethod(ZonedDateTime.class, "now")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .check(CLASSES);
  }

  @Test
  void pureCodeKnowsNoChance() {
    pureCode()
        .should()
        .dependOnClassesThat()
        .areAssignableTo(Random.class)
        .orShould()
        .callMethod(UUID.class, "randomUUID")
        .orShould()
        .callMethod(Math.class, "random")
        .check(CLASSES);
  }

  @Test
  void theCoreKnowsNothingOutsideOfItself() {
    noClasses()
        .that()
        .resideInAPackage(BASE + "core..")
        .should()
        .dependOnClassesThat(
            resideInAPackage("io.streamjob.operator..").and(not(resideInAPackage(BASE + "core.."))))
        .check(CLASSES);
  }

  /** No environment, no files of profiles, no roles of instances: only what a Secret holds. */
  @Test
  void nobodyAsksForAmbientCredentials() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.minio.credentials..", "software.amazon..", "com.amazonaws..")
        .check(CLASSES);
  }

  @Test
  void noTwoPackagesKnowEachOther() {
    slices()
        .matching(BASE + "(*)..")
        .should()
        .beFreeOfCycles()
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  void noNameSaysNothing() {
    noClasses()
        .should()
        .haveNameMatching(".*(Utils?|Helper)$")
        .orShould()
        .haveNameMatching(".*(?<!Job|Task)Manager$")
        .check(CLASSES);
  }

  private static GivenClassesConjunction pureCode() {
    return noClasses().that().resideInAnyPackage(BASE + "core..", BASE + "manifest..");
  }
}
