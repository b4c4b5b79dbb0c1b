package io.weakref.autoconfigure;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

import io.weakref.ForkedJvm;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.SpringApplicationAotProcessor;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.javapoet.ClassName;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for an application that is processed ahead of time and then started on the JVM.
 */
@Tag("slow")
class AheadOfTimeTests {

	private static final Map<String, String> DECLARED = Map.of("weakref.caches.tiles.key-type", "java.lang.String",
			"weakref.caches.tiles.value-type", AheadOfTimeApplication.Tile.class.getName());

	@Test
	void applicationStartsFromGeneratedCode(@TempDir Path directory) {
		process(directory, DECLARED);
		assertThat(start(directory, DECLARED)).contains("started from generated code: true",
				"registered: [adopted, annotated, requested, tiles]", "injected what is registered: true");
	}

	@Test
	void cacheMayBeAddedAndChangedAtRunTime(@TempDir Path directory) {
		process(directory, DECLARED);
		Map<String, String> properties = new HashMap<>(DECLARED);
		properties.put("weakref.caches.added.kind", "set");
		properties.put("weakref.caches.tiles.record-stats", "false");
		assertThat(start(directory, properties)).contains("started from generated code: true",
				"registered: [added, adopted, annotated, requested, tiles]", "injected what is registered: true",
				"tiles records statistics: false");
	}

	@Test
	void generatedCodeDoesNotMentionTheCaches(@TempDir Path directory) {
		process(directory, DECLARED);
		assertThat(files(directory.resolve("sources"), ".java").map(AheadOfTimeTests::read)).isNotEmpty()
			.noneMatch((source) -> source.contains("registerBeanDefinition(\"tiles\""))
			.anyMatch((source) -> source.contains("registerBeanDefinition(\"weakCacheBeanRegistrar\""))
			.noneMatch((source) -> source.contains("io.weakref.context.requested"));
	}

	@Test
	void runtimeHintsIncludeTheClassesNamedInProperties() {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			TestPropertyValues.of(Map.of("weakref.caches.tiles.key-type", AheadOfTimeApplication.Id.class.getName(),
					"weakref.caches.tiles.value-type", AheadOfTimeApplication.Tile.class.getName() + "[]",
					"weakref.caches.viewers.kind", "set", "weakref.caches.viewers.element-type",
					AheadOfTimeApplication.Viewer.class.getName(), "weakref.caches.half.key-type",
					Half.class.getName()))
				.applyTo(context);
			context.register(WeakrefAutoConfiguration.class);
			DefaultGenerationContext generation = new DefaultGenerationContext(
					new ClassNameGenerator(ClassName.get(AheadOfTimeApplication.class)), new InMemoryGeneratedFiles());
			new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
			RuntimeHints hints = generation.getRuntimeHints();
			assertThat(List.of(AheadOfTimeApplication.Id.class, AheadOfTimeApplication.Tile[].class,
					AheadOfTimeApplication.Tile.class, AheadOfTimeApplication.Viewer.class, Half.class))
				.allSatisfy((type) -> assertThat(RuntimeHintsPredicates.reflection().onType(type)).accepts(hints));
			assertThat(RuntimeHintsPredicates.reflection().onType(Unnamed.class)).rejects(hints);
			assertThat(RuntimeHintsPredicates.reflection()
				.onConstructorInvocation(WeakrefProperties.Cache.class.getDeclaredConstructors()[0])).accepts(hints);
		}
	}

	/**
	 * Generate code like the goal {@code process-aot}, and compile it.
	 */
	private static void process(Path directory, Map<String, String> properties) {
		Path classes = directory.resolve("classes");
		AbstractAotProcessor.Settings settings = AbstractAotProcessor.Settings.builder()
			.sourceOutput(directory.resolve("sources"))
			.resourceOutput(classes)
			.classOutput(classes)
			.groupId("io.weakref")
			.artifactId("aot-tests")
			.build();
		String[] arguments = properties.entrySet()
			.stream()
			.map((property) -> "--" + property.getKey() + "=" + property.getValue())
			.toArray(String[]::new);
		new SpringApplicationAotProcessor(AheadOfTimeApplication.class, settings, arguments).process();
		List<String> compile = new ArrayList<>(List.of("-proc:none", "-nowarn", "-d", classes.toString(), "-cp",
				classes + File.pathSeparator + System.getProperty("java.class.path")));
		files(directory.resolve("sources"), ".java").map(Path::toString).forEach(compile::add);
		StringWriter errors = new StringWriter();
		int result = ToolProvider.findFirst("javac")
			.orElseThrow()
			.run(new PrintWriter(errors), new PrintWriter(errors), compile.toArray(String[]::new));
		assertThat(result).as(errors.toString()).isZero();
	}

	private static List<String> start(Path directory, Map<String, String> properties) {
		return ForkedJvm.run(directory.resolve("classes") + File.pathSeparator + System.getProperty("java.class.path"),
				AheadOfTimeApplication.class,
				Stream
					.concat(Stream.of("-Dspring.aot.enabled=true"),
							properties.entrySet()
								.stream()
								.map((property) -> "-D" + property.getKey() + "=" + property.getValue()))
					.toArray(String[]::new));
	}

	private static String read(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static Stream<Path> files(Path directory, String suffix) {
		try (Stream<Path> files = Files.walk(directory)) {
			return files.filter((file) -> file.toString().endsWith(suffix)).toList().stream();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	static class Unnamed {

	}

	static class Half {

	}

}
