package io.weakref.autoconfigure;

import java.util.Objects;

import io.weakref.cache.WeakCacheManager;
import io.weakref.context.WeakCacheRegistry;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.analyzer.AbstractInjectionFailureAnalyzer;
import org.springframework.core.Ordered;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.Order;

/**
 * Analyzes a failure because the {@code weakCacheManager} is required but not enabled.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
class NoWeakCacheManagerFailureAnalyzer extends AbstractInjectionFailureAnalyzer<NoSuchBeanDefinitionException> {

	private final ListableBeanFactory beanFactory;

	NoWeakCacheManagerFailureAnalyzer(BeanFactory beanFactory) {
		this.beanFactory = (ListableBeanFactory) beanFactory;
	}

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, NoSuchBeanDefinitionException cause,
			@Nullable String description) {
		if (!isAboutManager(cause) || this.beanFactory.containsBean(WeakCacheManagerReferences.BEAN_NAME)) {
			return null;
		}
		String what = (cause instanceof NoWeakCacheManagerException named)
				? "%s uses the cache manager 'weakCacheManager'".formatted(named.getMethod())
				: "%s required the cache manager 'weakCacheManager'"
					.formatted(Objects.requireNonNullElse(description, "A component"));
		if (BeanFactoryUtils.beanNamesForTypeIncludingAncestors(this.beanFactory, WeakCacheRegistry.class, false,
				false).length == 0) {
			return new FailureAnalysis(
					what + ", but the auto-configuration of weak caches is not part of this application context.",
					"In a test slice put @ImportAutoConfiguration({ WeakrefAutoConfiguration.class, "
							+ "WeakCacheManagerAutoConfiguration.class }) on the test class. Elsewhere make sure that "
							+ "'weakref.enabled' is not false and that neither of the two classes is excluded.",
					cause);
		}
		return new FailureAnalysis(what + ", but 'weakref.spring-cache.enabled' is not true.",
				"Set weakref.spring-cache.enabled=true. If the application sets it in its application.yml, note that in "
						+ "tests a file with that name in src/test/resources replaces it. Set the property there too, or "
						+ "give that file another name, such as application-test.yml, and activate the profile.",
				cause);
	}

	private static boolean isAboutManager(NoSuchBeanDefinitionException cause) {
		ResolvableType type = cause.getResolvableType();
		return WeakCacheManagerReferences.BEAN_NAME.equals(cause.getBeanName())
				|| (type != null && type.resolve() == WeakCacheManager.class)
				|| Objects.requireNonNullElse(cause.getMessage(), "")
					.contains('"' + WeakCacheManagerReferences.BEAN_NAME + '"');
	}

}
