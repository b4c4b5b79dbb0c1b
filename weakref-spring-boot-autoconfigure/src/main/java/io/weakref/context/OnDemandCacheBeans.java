package io.weakref.context;

import java.util.function.Supplier;

import io.weakref.collection.WeakCacheKind;
import io.weakref.collection.WeakCollection;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.core.type.MethodMetadata;

/**
 * Registers the beans that satisfy {@link WeakCache @WeakCache} if no bean has the name.
 * <p>
 * This post-processor has no order, so it runs after the one that replaces beans in
 * tests. That one must find no bean for a field with {@code @WeakCache("x")}, so that it
 * adds a bean for this name. If it replaced one of the beans that are registered here,
 * the mock would be used for every name.
 *
 * @since 0.1.0
 */
public final class OnDemandCacheBeans implements BeanFactoryPostProcessor {

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
		for (String beanName : beanFactory.getBeanDefinitionNames()) {
			if (beanFactory.getBeanDefinition(beanName) instanceof AbstractBeanDefinition definition) {
				qualify(definition);
			}
		}
		OnDemandCaches requested = new OnDemandCaches(beanFactory);
		BeanDefinitionRegistry registry = (BeanDefinitionRegistry) beanFactory;
		for (WeakCacheKind kind : WeakCacheKind.values()) {
			registry.registerBeanDefinition(OnDemandCaches.QUALIFIER + "." + kind,
					definition(kind, () -> requested.get(kind)));
		}
	}

	/**
	 * Add a qualifier with its name to a bean that has the annotation. Without it Spring
	 * compares the meta-annotation, which is the same for every name.
	 */
	private static void qualify(AbstractBeanDefinition definition) {
		String cacheName = cacheName(definition);
		if (cacheName != null && !definition.hasQualifier(Qualifier.class.getName())) {
			definition.addQualifier(new AutowireCandidateQualifier(Qualifier.class, cacheName));
		}
	}

	private static @Nullable String cacheName(AbstractBeanDefinition definition) {
		if (definition instanceof RootBeanDefinition root && root.getQualifiedElement() != null) {
			WeakCache annotation = AnnotatedElementUtils.getMergedAnnotation(root.getQualifiedElement(),
					WeakCache.class);
			if (annotation != null) {
				return annotation.value();
			}
		}
		if (definition instanceof AnnotatedBeanDefinition annotated) {
			MethodMetadata method = annotated.getFactoryMethodMetadata();
			AnnotatedTypeMetadata metadata = (method != null) ? method : annotated.getMetadata();
			return metadata.getAnnotations()
				.get(WeakCache.class)
				.getValue(MergedAnnotation.VALUE, String.class)
				.orElse(null);
		}
		return null;
	}

	private static BeanDefinition definition(WeakCacheKind kind, Supplier<@Nullable WeakCollection> supplier) {
		RootBeanDefinition definition = WeakCacheBeanRegistrar.definition(kind, supplier);
		definition.setScope(BeanDefinition.SCOPE_PROTOTYPE);
		definition.setDefaultCandidate(false);
		definition.setFallback(true);
		definition.addQualifier(new AutowireCandidateQualifier(Qualifier.class, OnDemandCaches.QUALIFIER));
		definition.setResourceDescription("@WeakCache");
		return definition;
	}

}
