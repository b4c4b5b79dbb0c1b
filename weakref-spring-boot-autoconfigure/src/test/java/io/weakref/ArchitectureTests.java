package io.weakref;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTag;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.weakref.cleaner.CleanerInternals;
import org.jspecify.annotations.NullMarked;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.context.annotation.Bean;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/**
 * Tests the dependencies between the packages, and some of Spring Boot's own rules.
 */
@AnalyzeClasses(packages = "io.weakref", importOptions = ImportOption.DoNotIncludeTests.class)
@ArchTag("slow")
class ArchitectureTests {

	/**
	 * The packages in dependency order: each may use those before it and none after it.
	 */
	private static final List<String> PACKAGES = List.of("cleaner", "reference", "collection", "retention", "metrics",
			"cache", "near", "near.redis", "context", "actuate", "autoconfigure", "autoconfigure.cache",
			"autoconfigure.metrics", "autoconfigure.near");

	private static final String[] JDK = { "java..", "jdk.jfr..", "org.jspecify.." };

	private static final DescribedPredicate<JavaClass> SPRING = resideInAnyPackage("org.springframework..",
			"org.aopalliance..", "org.apache.commons.logging..")
		.and(not(resideInAPackage("org.springframework.boot..")));

	private static final DescribedPredicate<JavaClass> MICROMETER = resideInAPackage("io.micrometer.core..");

	private static final DescribedPredicate<JavaClass> ACTUATOR = resideInAnyPackage(
			"org.springframework.boot.actuate..", "org.springframework.boot.health..");

	private static final DescribedPredicate<JavaClass> REDIS = resideInAnyPackage("io.lettuce.core..",
			"io.netty.util.concurrent..", "reactor.core..");

	@ArchTest
	static final ArchRule cleanerUsesTheJdk = packageUsesOnly("cleaner", nothingElse());

	@ArchTest
	static final ArchRule referencesUseTheJdk = packageUsesOnly("reference", nothingElse());

	@ArchTest
	static final ArchRule collectionsUseTheJdk = packageUsesOnly("collection", nothingElse());

	@ArchTest
	static final ArchRule retentionUsesTheJdkAndNothingBeforeIt = classes().that()
		.resideInAPackage("io.weakref.retention")
		.should()
		.onlyDependOnClassesThat(
				resideInAnyPackage("java..", "com.sun.management..", "org.jspecify..", "io.weakref.retention"))
		.as("package 'retention' should run in a JVM that has nothing else");

	@ArchTest
	static final ArchRule metricsUseMicrometer = packageUsesOnly("metrics", MICROMETER);

	@ArchTest
	static final ArchRule cacheUsesSpring = packageUsesOnly("cache", MICROMETER.or(SPRING));

	@ArchTest
	static final ArchRule nearCacheKnowsNoProduct = packageUsesOnly("near",
			SPRING.and(not(resideInAPackage("org.springframework.data.."))));

	@ArchTest
	static final ArchRule itsRedisSideUsesLettuce = packageUsesOnly("near.redis", SPRING.or(REDIS));

	@ArchTest
	static final ArchRule contextUsesSpring = packageUsesOnly("context", MICROMETER.or(SPRING));

	@ArchTest
	static final ArchRule actuateUsesTheActuator = packageUsesOnly("actuate", MICROMETER.or(SPRING).or(ACTUATOR));

	@ArchTest
	static final ArchRule autoConfigurationUsesMicrometerOnlyForMeters = noClasses().that()
		.resideInAnyPackage("io.weakref.autoconfigure", "io.weakref.autoconfigure.cache")
		.should()
		.dependOnClassesThat(MICROMETER);

	@ArchTest
	static final ArchRule internalsAreForThePackagesThatShareThem = noClasses().that()
		.resideOutsideOfPackages("io.weakref.cleaner", "io.weakref.reference", "io.weakref.collection")
		.should()
		.dependOnClassesThat(belongToAnyOf(CleanerInternals.class));

	@ArchTest
	static final ArchRule everyPublicTypeIsListedInThePackageComment = classes().that()
		.arePublic()
		.and()
		.areTopLevelClasses()
		.should(beListedInThePackageComment());

	@ArchTest
	static final ArchRule noArrowPointsUp = slices().matching("io.weakref.(*)..").should().beFreeOfCycles();

	@ArchTest
	static final ArchRule everyClassLivesInOneOfThePackages = classes().should()
		.resideInAnyPackage(PACKAGES.stream().map("io.weakref."::concat).toArray(String[]::new));

	@ArchTest
	static final ArchRule everyPackageIsNullMarked = classes().should(liveInANullMarkedPackage());

	@ArchTest
	static final ArchRule autoConfigurationsArePublicAndFinal = classes().that()
		.areAnnotatedWith(AutoConfiguration.class)
		.should()
		.bePublic()
		.andShould()
		.haveModifier(JavaModifier.FINAL)
		.andShould()
		.resideInAPackage("io.weakref.autoconfigure..")
		.andShould(beListedForImport());

	@ArchTest
	static final ArchRule onlyConfigurationsAreCalledThat = classes().that()
		.haveSimpleNameEndingWith("AutoConfiguration")
		.should()
		.beAnnotatedWith(AutoConfiguration.class);

	@ArchTest
	static final ArchRule postProcessorsAreMadeByStaticMethods = methods().that()
		.areAnnotatedWith(Bean.class)
		.and()
		.haveRawReturnType(assignableTo(BeanPostProcessor.class).or(assignableTo(BeanFactoryPostProcessor.class)))
		.should()
		.beStatic();

	@ArchTest
	static final ArchRule beanMethodsHaveNoConditionOnAClass = methods().that()
		.areAnnotatedWith(Bean.class)
		.should()
		.notBeAnnotatedWith(ConditionalOnClass.class);

	@ArchTest
	static final ArchRule beanMethodsAreNotPublic = methods().that()
		.areAnnotatedWith(Bean.class)
		.should()
		.notBePublic()
		.andShould()
		.notBePrivate();

	private static ArchRule packageUsesOnly(String name, DescribedPredicate<JavaClass> others) {
		List<String> allowed = new ArrayList<>(List.of(JDK));
		PACKAGES.subList(0, PACKAGES.indexOf(name) + 1).forEach((other) -> allowed.add("io.weakref." + other));
		return classes().that()
			.resideInAPackage("io.weakref." + name)
			.should()
			.onlyDependOnClassesThat(resideInAnyPackage(allowed.toArray(String[]::new)).or(others)
				.or(DescribedPredicate.describe("arrays of primitives",
						(type) -> type.getBaseComponentType().isPrimitive())))
			.allowEmptyShould(true)
			.as("package '%s' should only use what is before it in %s".formatted(name,
					PACKAGES.stream().collect(Collectors.joining(", "))));
	}

	private static DescribedPredicate<JavaClass> nothingElse() {
		return DescribedPredicate.alwaysFalse();
	}

	private static ArchCondition<JavaClass> liveInANullMarkedPackage() {
		return new ArchCondition<>("live in a package that is @NullMarked") {

			@Override
			public void check(JavaClass type, ConditionEvents events) {
				JavaPackage home = type.getPackage();
				if (!home.isAnnotatedWith(NullMarked.class)) {
					events.add(SimpleConditionEvent.violated(type, home.getName() + " is not @NullMarked"));
				}
			}

		};
	}

	private static ArchCondition<JavaClass> beListedInThePackageComment() {
		return new ArchCondition<>("be listed in the comment of their package") {

			@Override
			public void check(JavaClass type, ConditionEvents events) {
				Path comment = Path.of("src/main/java", type.getPackageName().replace('.', '/'), "package-info.java");
				if (!contains(comment, "{@link " + type.getSimpleName() + "}")) {
					events.add(SimpleConditionEvent.violated(type,
							"%s does not say what %s is for".formatted(comment, type.getSimpleName())));
				}
			}

			private static boolean contains(Path file, String text) {
				try {
					return Files.readString(file).contains(text);
				}
				catch (IOException ex) {
					throw new UncheckedIOException(ex);
				}
			}

		};
	}

	private static ArchCondition<JavaClass> beListedForImport() {
		List<String> listed = ImportCandidates.load(AutoConfiguration.class, ArchitectureTests.class.getClassLoader())
			.getCandidates();
		return new ArchCondition<>("be listed in the imports file") {

			@Override
			public void check(JavaClass type, ConditionEvents events) {
				if (!listed.contains(type.getName())) {
					events.add(SimpleConditionEvent.violated(type, type.getName() + " is not listed"));
				}
			}

		};
	}

}
