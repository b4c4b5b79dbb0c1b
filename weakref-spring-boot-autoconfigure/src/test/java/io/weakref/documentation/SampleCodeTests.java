package io.weakref.documentation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import io.weakref.autoconfigure.WeakrefProperties;
import io.weakref.context.WeakCacheRegistry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.cache.CacheManager;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.util.ClassUtils;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Checks every code sample of every page against the code that the tests compile and run.
 */
class SampleCodeTests {

	private static final List<String> POMS = List.of("pom.xml", "weakref-spring-boot-autoconfigure/pom.xml",
			"weakref-spring-boot-starter/pom.xml", "sample-app/pom.xml");

	static Stream<Page> pages() {
		return Page.all().stream();
	}

	@ParameterizedTest
	@MethodSource("pages")
	void everyCodeBlockBeginsOnItsOwnLineAndEnds(Page page) {
		List<String> fences = page.text().lines().filter((line) -> line.contains("```")).toList();
		assertThat(fences).allSatisfy((fence) -> assertThat(fence).matches("```[a-z]*"));
		assertThat(fences.size() % 2).isZero();
	}

	@ParameterizedTest
	@MethodSource("pages")
	void everyJavaSampleIsCompiledAndRun(Page page) throws IOException {
		List<String> sources;
		try (Stream<Path> files = Files.walk(Path.of("src/test/java/com/example").toAbsolutePath())) {
			sources = files.filter(Files::isRegularFile)
				.map((file) -> Page.normalized(Page.read(file).text()))
				.toList();
		}
		assertThat(page.code("java"))
			.filteredOn((code) -> sources.stream().noneMatch((source) -> source.contains(Page.normalized(code))))
			.as("code that is missing from the sources of com.example")
			.isEmpty();
	}

	@ParameterizedTest
	@MethodSource("yaml")
	void everyYamlSampleCreatesTheBeansThatItDeclares(Page page, String yaml) throws IOException {
		List<PropertySource<?>> sources = new YamlPropertySourceLoader().load(page.toString(),
				new ByteArrayResource(yaml.getBytes(UTF_8)));
		Set<String> known = Metadata.names();
		for (PropertySource<?> source : sources) {
			assertThat(((EnumerablePropertySource<?>) source).getPropertyNames()).isNotEmpty()
				.allSatisfy((name) -> assertThat(known)
					.contains(name.replaceFirst("^weakref\\.caches(\\.[^.]+|\\[[^]]+])\\.", "weakref.caches.*.")));
		}
		DocumentedApplication.runner()
			.withInitializer((context) -> sources.forEach(context.getEnvironment().getPropertySources()::addFirst))
			.run((context) -> {
				assertThat(context).hasNotFailed();
				context.getBean(WeakrefProperties.class)
					.getCaches()
					.forEach((name, cache) -> hasBean(context, name, cache));
				assertThat(context.getBeansOfType(CacheManager.class).keySet()).containsAll(managers(context));
			});
	}

	private static Set<String> managers(AssertableApplicationContext context) {
		Set<String> managers = new TreeSet<>();
		Map.of("weakref.spring-cache.enabled", "weakCacheManager", "weakref.near-cache.enabled", "weakNearCacheManager")
			.forEach((property, manager) -> {
				if (context.getEnvironment().getProperty(property, boolean.class, false)) {
					managers.add(manager);
				}
			});
		return managers;
	}

	private static void hasBean(AssertableApplicationContext context, String name, WeakrefProperties.Cache cache) {
		List<@Nullable String> types = cache.kind()
			.typeProperties()
			.stream()
			.map((property) -> context.getEnvironment()
				.getProperty("weakref.caches." + bracketed(name) + "." + property))
			.toList();
		if (!types.contains(null)) {
			ResolvableType type = ResolvableType.forClassWithGenerics(cache.kind().collectionType(),
					types.stream()
						.map((each) -> ClassUtils.resolveClassName(Objects.requireNonNull(each), null))
						.toArray(Class<?>[]::new));
			assertThat(context.getBeanProvider(type).getObject()).isSameAs(context.getBean(name));
		}
		assertThat(context.getBean(WeakCacheRegistry.class).get(name)).isSameAs(context.getBean(name));
	}

	private static String bracketed(String name) {
		return name.matches("[a-z0-9-]+") ? name : "[" + name + "]";
	}

	static Stream<Arguments> yaml() {
		return pages().flatMap((page) -> page.code("yaml").stream().map((yaml) -> Arguments.of(page, yaml)));
	}

	@ParameterizedTest
	@MethodSource("pages")
	void everyJsonSampleCanBeParsed(Page page) {
		assertThat(page.code("json"))
			.allSatisfy((json) -> assertThat(JsonParserFactory.getJsonParser().parseMap(json)).isNotEmpty());
	}

	@ParameterizedTest
	@MethodSource("pages")
	void everyProfileAndModuleInACommandExists(Page page) {
		List<String> poms = POMS.stream().map((pom) -> Page.read(Path.of(pom)).text()).toList();
		assertThat(Page.matches(page.text(), "(?<=\\./mvnw )[^`\n]*").toList()).allSatisfy((command) -> {
			assertThat(Page.matches(command, "(?<=-P)\\S+")).allSatisfy((profile) -> assertThat(poms)
				.anySatisfy((pom) -> assertThat(pom).contains("<id>" + profile + "</id>")));
			assertThat(Page.matches(command, "(?<=-pl )\\S+"))
				.allSatisfy((module) -> assertThat(module + "/pom.xml").isIn(POMS));
		});
	}

	@Test
	void dependencyOfTheReadmeIsTheStarter() {
		String pom = Page.normalized(Page.read(Path.of("weakref-spring-boot-starter/pom.xml")).text());
		assertThat(Page.readme().code("xml")).singleElement()
			.satisfies((dependency) -> assertThat(pom).contains(Page.find(dependency, "<artifactId>.*?</artifactId>"))
				.contains(Page.normalized(Page.find(dependency, "(?s)<groupId>.*?</groupId>")))
				.contains(Page.find(dependency, "<version>.*?</version>")));
	}

}
