package io.weakref.autoconfigure;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.weakref.collection.WeakCollection;
import io.weakref.context.WeakCacheKind;
import io.weakref.context.WeakCacheRegistry;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.NoUniqueBeanDefinitionException;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.analyzer.AbstractInjectionFailureAnalyzer;
import org.springframework.core.Ordered;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.Order;

/**
 * Analyzes that no weak cache satisfies an injection point that does not name one, and
 * that one which names a cache does not tell its kind.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
class WeakCacheNotFoundFailureAnalyzer extends AbstractInjectionFailureAnalyzer<NoSuchBeanDefinitionException> {

	private final ConfigurableListableBeanFactory beanFactory;

	WeakCacheNotFoundFailureAnalyzer(BeanFactory beanFactory) {
		this.beanFactory = (ConfigurableListableBeanFactory) beanFactory;
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
					"%s has @WeakCache and is of type %s, which does not tell the kind of the cache.".formatted(where,
							type),
					"Use " + Arrays.stream(WeakCacheKind.values())
						.map((kind) -> kind.collectionType().getSimpleName())
						.collect(Collectors.joining(" or ")) + " there, or declare the cache under 'weakref.caches'.",
					cause) : null;
		}
		WeakCacheKind kind = kind(type);
		if (kind == null || BeanFactoryUtils.beanNamesForTypeIncludingAncestors(this.beanFactory,
				WeakCacheRegistry.class, false, false).length == 0) {
			return null;
		}
		List<Candidate> candidates = candidates(kind);
		String consequence = candidates.stream()
			.map((candidate) -> "%n\t- '%s' is one of unknown types: %s"
				.formatted(candidate.name(),
						(candidate.origin() != null) ? candidate.origin() + " does not say "
								+ types(kind).collect(Collectors.joining(" and ")) : "it is a raw bean"))
			.collect(Collectors.joining());
		String name = candidates.isEmpty() ? "name" : candidates.get(0).name();
		return new FailureAnalysis(
				"%s required a weak cache of type%n%n\t%s%n%nand none was found.%s"
					.formatted(where, type, candidates.isEmpty() ? ""
							: "%n%nThere is one that is only injected where it is named:%n".formatted() + consequence),
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
		List<String> options = types(kind).toList();
		StringBuilder properties = new StringBuilder();
		for (int i = 0; i < options.size(); i++) {
			properties.append("%n\t%s.%s=%s".formatted("weakref.caches." + name, options.get(i),
					Objects.requireNonNullElse(type.getGeneric(i).resolve(), Object.class).getTypeName()));
		}
		return "Name the cache at the injection point:%n%n\t@WeakCache(\"%s\")%n%nor declare its types:%n%n\tweakref.caches.%s.kind=%s%s"
			.formatted(name, name, kind, properties);
	}

	private static Stream<String> types(WeakCacheKind kind) {
		return (kind == WeakCacheKind.SET) ? Stream.of("element-type") : Stream.of("key-type", "value-type");
	}

	private static @Nullable WeakCacheKind kind(ResolvableType type) {
		Class<?> resolved = type.resolve();
		return Arrays.stream(WeakCacheKind.values())
			.filter((kind) -> kind.collectionType() == resolved)
			.findFirst()
			.orElse(null);
	}

	private List<Candidate> candidates(WeakCacheKind kind) {
		return Arrays.stream(this.beanFactory.getBeanNamesForType(kind.collectionType(), false, false))
			.filter(this.beanFactory::containsBeanDefinition)
			.filter((name) -> this.beanFactory.getBeanDefinition(name) instanceof AbstractBeanDefinition definition
					&& !definition.isDefaultCandidate())
			.map((name) -> new Candidate(name, this.beanFactory.getBeanDefinition(name).getResourceDescription()))
			.toList();
	}

	private record Candidate(String name, @Nullable String origin) {
	}

}
