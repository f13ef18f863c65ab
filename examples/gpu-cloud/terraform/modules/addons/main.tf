# What owns CRDs and must exist before Argo CD can sync. Everything else comes from Git through Argo CD.
locals {
  charts = {
    cert-manager                 = { repository = "https://charts.jetstack.io", version = "v1.18.2", namespace = "cert-manager" }
    external-secrets             = { repository = "https://charts.external-secrets.io", version = "0.19.2", namespace = "external-secrets" }
    argo-cd                      = { repository = "https://argoproj.github.io/argo-helm", version = "8.3.0", namespace = "argocd" }
    argo-rollouts                = { repository = "https://argoproj.github.io/argo-helm", version = "2.40.3", namespace = "argo-rollouts" }
    kyverno                      = { repository = "https://kyverno.github.io/kyverno", version = "3.5.1", namespace = "kyverno" }
    reloader                     = { repository = "https://stakater.github.io/stakater-charts", version = "2.2.0", namespace = "reloader" }
    metrics-server               = { repository = "https://kubernetes-sigs.github.io/metrics-server", version = "3.13.0", namespace = "kube-system" }
    cluster-autoscaler           = { repository = "https://kubernetes.github.io/autoscaler", version = "9.50.1", namespace = "kube-system" }
    kube-state-metrics           = { repository = "https://prometheus-community.github.io/helm-charts", version = "6.1.4", namespace = "kube-system" }
    prometheus-operator-crds     = { repository = "https://prometheus-community.github.io/helm-charts", version = "23.0.0", namespace = "observability" }
    prometheus-adapter           = { repository = "https://prometheus-community.github.io/helm-charts", version = "5.1.0", namespace = "prometheus-adapter" }
    aws-load-balancer-controller = { repository = "https://aws.github.io/eks-charts", version = "1.13.4", namespace = "kube-system" }
    aws-ebs-csi-driver           = { repository = "https://kubernetes-sigs.github.io/aws-ebs-csi-driver", version = "2.48.0", namespace = "kube-system" }
  }
}

resource "helm_release" "this" {
  for_each         = local.charts
  name             = each.key
  repository       = each.value.repository
  chart            = each.key
  version          = each.value.version
  namespace        = each.value.namespace
  create_namespace = true
  atomic           = true
  values           = fileexists("${path.module}/values/${each.key}.yaml") ? [file("${path.module}/values/${each.key}.yaml")] : []
}
