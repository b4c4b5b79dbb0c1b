package io.weakref.autoconfigure;

import java.lang.reflect.Method;
import java.util.Collection;

import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.cache.interceptor.CacheOperation;
import org.springframework.cache.interceptor.CacheOperationSource;
import org.springframework.util.ReflectionUtils;

/**
 * Fails the start, rather than the first call, if a cached method names the
 * {@code weakCacheManager} but there is none. It checks the beans that exist once all
 * singletons are created; a method of a lazy bean fails at its first call.
 */
final class WeakCacheManagerReferences implements SmartInitializingSingleton {

	static final String BEAN_NAME = "weakCacheManager";

	private final ConfigurableListableBeanFactory beanFactory;

	WeakCacheManagerReferences(ConfigurableListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
	}

	@Override
	public void afterSingletonsInstantiated() {
		CacheOperationSource source = this.beanFactory.getBeanProvider(CacheOperationSource.class).getIfAvailable();
		if (source != null && !this.beanFactory.containsBean(BEAN_NAME)) {
			for (String name : this.beanFactory.getBeanDefinitionNames()) {
				Object bean = this.beanFactory.getSingleton(name);
				if (AopUtils.isAopProxy(bean)) {
					refuseReference(AopUtils.getTargetClass(bean), source);
				}
			}
		}
	}

	private static void refuseReference(Class<?> type, CacheOperationSource source) {
		for (Method method : ReflectionUtils.getUniqueDeclaredMethods(type)) {
			Collection<CacheOperation> operations = source.getCacheOperations(method, type);
			if (operations != null
					&& operations.stream().anyMatch((operation) -> BEAN_NAME.equals(operation.getCacheManager()))) {
				throw new NoWeakCacheManagerException("%s.%s".formatted(type.getName(), method.getName()));
			}
		}
	}

}
