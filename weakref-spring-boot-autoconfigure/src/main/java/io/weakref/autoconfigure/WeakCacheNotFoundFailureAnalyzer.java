package io.weakref.autoconfigure;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

import io.weakref.cleaner.WeakCleaner;
import io.weakref.collection.WeakCacheKind;
import io.weakref.collection.WeakCollection;
import io.weakref.context.WeakCacheRegistry;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.NoUniqueBeanDefinitionException;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.analyzer.AbstractInjectionFailureAnalyzer;
import org.springframework.core.Ordered;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/**
 * Analyzes why a weak cache cannot be injected: no cache has the type of an injection
 * point without a name, or the type of an injection point with {@code @WeakCache} does
 * not determine the kind, or weak caches are disabled.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
class WeakCacheNotFoundFailureAnalyzer extends AbstractInjectionFailureAnalyzer<NoSuchBeanDefinitionException> {

	/** Other beans that are missing if the auto-configuration is missing. */
	private static final Set<Class<?>> OWN_TYPES = Set.of(WeakCacheRegistry.class, WeakCleaner.class);

	private final ConfigurableListableBeanFactory beanFactory;

	private final Environment environment;

	WeakCacheNotFoundFailureAnalyzer(BeanFactory beanFactory, Environment environment) {
		this.beanFactory = (ConfigurableListableBeanFactory) beanFactory;
		this.environment = environment;
	}

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, NoSuchBeanDefinitionException cause,
			@Nullable String description) {
		ResolvableType type = cause.getResolvableType();
		if (type == null) {
			return null;
		}
		String where = Objects.requireNonNullElse(description, "A component");
		if (cause instanceof NoUniqueBeanDefinitionException ambiguous) {
			return isAboutRequestedCaches(ambiguous) ? new FailureAnalysis(
					"%s is annotated with @WeakCache, but its type %s does not say which kind of cache to create."
						.formatted(where, type),
					"Use " + Arrays.stream(WeakCacheKind.values())
						.map((kind) -> kind.collectionType().getSimpleName())
						.collect(Collectors.joining(" or ")) + " there, or declare the cache under 'weakref.caches'.",
					cause) : null;
		}
		WeakCacheKind kind = kind(type);
		if (!isThere(WeakCacheRegistry.class)) {
			return (kind != null || OWN_TYPES.contains(type.resolve())) ? analyzeAbsence(where, type, cause) : null;
		}
		return (kind != null) ? analyzeOtherTypes(where, type, kind, cause) : null;
	}

	private boolean isThere(Class<?> type) {
		return BeanFactoryUtils.beanNamesForTypeIncludingAncestors(this.beanFactory, type, false, false).length > 0;
	}

	/**
	 * Explain why there are no weak caches at all.
	 */
	private FailureAnalysis analyzeAbsence(String where, ResolvableType type, NoSuchBeanDefinitionException cause) {
		String required = "%s required a bean of type%n%n\t%s%n%nbut ".formatted(where, type);
		if (!OnSwitchCondition.isOn(this.environment, "weakref.enabled", true)) {
			return new FailureAnalysis(required + "weak caches are disabled: 'weakref.enabled' is false.",
					"Set weakref.enabled=true or remove the property, or define the bean yourself.", cause);
		}
		return new FailureAnalysis(required
				+ "the auto-configuration of weak caches is not part of this application context. A test slice, such as "
				+ "@WebMvcTest or @DataJpaTest, leaves it out, and so does an exclusion.",
				"To include it, put this on the test class:%n%n\t@ImportAutoConfiguration(WeakrefAutoConfiguration.class)%n%n"
					.formatted() + "or replace the component that needs the cache with a @MockitoBean.",
				cause);
	}

	/**
	 * List the weak caches that exist.
	 */
	private FailureAnalysis analyzeOtherTypes(String where, ResolvableType type, WeakCacheKind kind,
			NoSuchBeanDefinitionException cause) {
		List<Candidate> candidates = candidates();
		String there = candidates.stream()
			.map((candidate) -> "%n\t- %s".formatted(candidate.describe()))
			.collect(Collectors.joining());
		String name = candidates.stream()
			.filter((candidate) -> candidate.isUntyped() && candidate.kind() == kind)
			.map(Candidate::name)
			.findFirst()
			.orElse("name");
		return new FailureAnalysis(
				"%s required a weak cache of type%n%n\t%s%n%nbut there is none.%s".formatted(where, type,
						candidates.isEmpty() ? "" : "%n%nThese weak caches exist:%n".formatted() + there),
				action(type, kind, name), cause);
	}

	private boolean isAboutRequestedCaches(NoUniqueBeanDefinitionException ambiguous) {
		Collection<String> names = ambiguous.getBeanNamesFound();
		return names != null && names.stream()
			.allMatch((name) -> this.beanFactory.containsBeanDefinition(name)
					&& this.beanFactory.getBeanDefinition(name).isFallback()
					&& this.beanFactory.isTypeMatch(name, WeakCollection.class));
	}

	private static String action(ResolvableType type, WeakCacheKind kind, String name) {
		List<String> options = kind.typeProperties();
		StringBuilder properties = new StringBuilder();
		for (int i = 0; i < options.size(); i++) {
			properties.append("%n\t%s.%s=%s".formatted("weakref.caches." + name, options.get(i),
					Objects.requireNonNullElse(type.getGeneric(i).resolve(), Object.class).getTypeName()));
		}
		return "Name the cache at the injection point:%n%n\t@WeakCache(\"%s\")%n%nor declare its types:%n%n\tweakref.caches.%s.kind=%s%s"
			.formatted(name, name, kind, properties);
	}

	private static @Nullable WeakCacheKind kind(ResolvableType type) {
		Class<?> resolved = type.resolve();
		return Arrays.stream(WeakCacheKind.values())
			.filter((kind) -> kind.collectionType() == resolved)
			.findFirst()
			.orElse(null);
	}

	private List<Candidate> candidates() {
		return Arrays.stream(this.beanFactory.getBeanNamesForType(WeakCollection.class, true, false))
			.filter((name) -> !(this.beanFactory.containsBeanDefinition(name)
					&& this.beanFactory.getBeanDefinition(name).isFallback()))
			.map(this::candidate)
			.toList();
	}

	private Candidate candidate(String name) {
		ResolvableType type = ResolvableType.forClass(this.beanFactory.getType(name, false));
		if (this.beanFactory.containsBeanDefinition(name)) {
			BeanDefinition definition = this.beanFactory.getMergedBeanDefinition(name);
			type = (definition.getResolvableType() != ResolvableType.NONE) ? definition.getResolvableType() : type;
			return new Candidate(name, type, definition.getResourceDescription(),
					definition instanceof AbstractBeanDefinition bean && !bean.isDefaultCandidate());
		}
		return new Candidate(name, type, null, false);
	}

	/**
	 * A weak cache bean.
	 */
	private record Candidate(String name, ResolvableType type, @Nullable String origin, boolean isOnlyNamed) {

		boolean isUntyped() {
			return this.isOnlyNamed || this.type.hasUnresolvableGenerics();
		}

		@Nullable WeakCacheKind kind() {
			return WeakCacheNotFoundFailureAnalyzer.kind(this.type);
		}

		String describe() {
			WeakCacheKind kind = kind();
			if (isUntyped() && kind != null) {
				return "'%s' is a %s that can only be injected by name, because %s declares no %s".formatted(this.name,
						kind.collectionType().getSimpleName(),
						Objects.requireNonNullElse(this.origin, "its bean definition"),
						String.join(" and ", kind.typeProperties()));
			}
			return "'%s' of type %s".formatted(this.name, this.type);
		}

	}

}
