package io.weakref.context;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.weakref.collection.WeakCollection;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.SpringProxy;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.scope.ScopedObject;
import org.springframework.aop.scope.ScopedProxyUtils;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.config.DestructionAwareBeanPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.util.StringUtils;

/**
 * Registers the weak caches that the application builds as its own beans, and removes
 * each from the registry when its bean is destroyed. A cache is registered under the
 * value of the bean's qualifier, otherwise under the name that was set on the builder,
 * otherwise under the bean's name.
 * <p>
 * This post-processor sees a bean before any other one can wrap it, so the registry has
 * the cache itself, even if a proxy or a test's spy replaces it as a bean. A bean is
 * registered only if its scope has one instance at a time. A log line names each one that
 * is not registered.
 *
 * @since 0.1.0
 */
public final class WeakCacheBeanPostProcessor
		implements DestructionAwareBeanPostProcessor, PriorityOrdered, DisposableBean {

	private static final Log logger = LogFactory.getLog(WeakCacheBeanPostProcessor.class);

	/** Scopes with a single instance of a bean at a time, shared by all threads. */
	private static final Set<String> SHARED_SCOPES = Set.of("application", "refresh");

	private final ConfigurableListableBeanFactory beanFactory;

	private final Map<String, Adopted> adopted = new ConcurrentHashMap<>();

	/** The names of the beans that were seen before they could be wrapped. */
	private final Set<String> seen = ConcurrentHashMap.newKeySet();

	/**
	 * Create a post-processor.
	 * @param beanFactory the factory of the beans, which has a {@link WeakCacheRegistry}
	 */
	public WeakCacheBeanPostProcessor(ConfigurableListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	@Override
	public Object postProcessBeforeInitialization(Object bean, String beanName) {
		if (bean instanceof WeakCollection cache) {
			boolean first = this.seen.add(beanName);
			adopt(cache, beanName, first);
		}
		return bean;
	}

	/**
	 * Register the product of a factory bean. Only this method sees such products.
	 */
	@Override
	public Object postProcessAfterInitialization(Object bean, String beanName) {
		if (bean instanceof WeakCollection cache && this.seen.add(beanName)) {
			adopt(cache, beanName, true);
		}
		return bean;
	}

	private void adopt(WeakCollection bean, String beanName, boolean first) {
		if (bean instanceof ScopedObject || !this.beanFactory.containsLocalBean(beanName)
				|| beanName.startsWith(OnDemandCaches.QUALIFIER)) {
			return;
		}
		WeakCollection cache = target(bean);
		String obstacle = obstacle(cache, beanName);
		if (obstacle == null) {
			register(cache, bean, beanName);
		}
		else if (first) {
			logger.info("Weak cache bean '%s' is neither registered nor metered: %s".formatted(beanName, obstacle));
		}
	}

	private void register(WeakCollection cache, Object bean, String beanName) {
		WeakCacheRegistry registry = this.beanFactory.getBean(WeakCacheRegistry.class);
		if (registry.find(cache.name()).orElse(null) != cache) {
			release(beanName);
			String cacheName = cacheName(cache, beanName);
			registry.register(cacheName, cache, "bean '%s'".formatted(beanName));
			this.adopted.put(beanName, new Adopted(registry, cacheName, cache, bean));
		}
	}

	@Override
	public boolean requiresDestruction(Object bean) {
		return this.adopted.values().stream().anyMatch((adopted) -> adopted.bean() == bean);
	}

	@Override
	public void postProcessBeforeDestruction(Object bean, String beanName) {
		Adopted adopted = this.adopted.get(beanName);
		if (adopted != null && adopted.bean() == bean) {
			release(beanName);
		}
	}

	/**
	 * Remove the remaining caches: products of factory beans, whose destruction is not
	 * announced.
	 */
	@Override
	public void destroy() {
		List.copyOf(this.adopted.keySet()).forEach(this::release);
	}

	private void release(String beanName) {
		Adopted adopted = this.adopted.remove(beanName);
		if (adopted != null) {
			adopted.registry().remove(adopted.cacheName(), adopted.cache());
		}
	}

	/**
	 * Return the cache behind a proxy, or the proxy itself if its target is not fixed.
	 */
	private static WeakCollection target(WeakCollection bean) {
		WeakCollection cache = bean;
		while (AopProxyUtils.getSingletonTarget(cache) instanceof WeakCollection target) {
			cache = target;
		}
		return cache;
	}

	private @Nullable String obstacle(WeakCollection cache, String beanName) {
		if (cache instanceof SpringProxy) {
			return "it is a proxy whose target cannot be determined";
		}
		if (this.beanFactory.isSingleton(beanName)) {
			return null;
		}
		String scope = scope(beanName);
		return SHARED_SCOPES.contains(scope) ? null
				: "its scope is '%s', and only beans with a single instance at a time are registered".formatted(scope);
	}

	private String scope(String beanName) {
		String scope = this.beanFactory.containsBeanDefinition(beanName)
				? this.beanFactory.getMergedBeanDefinition(beanName).getScope() : null;
		// A singleton factory bean may create a new product each time
		return (scope != null && !scope.equals(BeanDefinition.SCOPE_SINGLETON)) ? scope
				: BeanDefinition.SCOPE_PROTOTYPE;
	}

	private String cacheName(WeakCollection cache, String beanName) {
		WeakCache weakCache = this.beanFactory.findAnnotationOnBean(beanName, WeakCache.class);
		if (weakCache != null) {
			return weakCache.value();
		}
		Qualifier qualifier = this.beanFactory.findAnnotationOnBean(beanName, Qualifier.class);
		if (qualifier != null && StringUtils.hasText(qualifier.value())) {
			return qualifier.value();
		}
		if (cache.isNamed()) {
			return cache.name();
		}
		return ScopedProxyUtils.isScopedTarget(beanName) ? ScopedProxyUtils.getOriginalBeanName(beanName) : beanName;
	}

	private record Adopted(WeakCacheRegistry registry, String cacheName, WeakCollection cache, Object bean) {
	}

}
