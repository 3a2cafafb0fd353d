// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IFaultCourt} from "../interfaces/IFaultCourt.sol";

/// @title What no honest node signs
/// @dev Instance counters are never compared: a seat that runs on two machines contradicts itself.
library Contradictions {
    /// @dev Two PREPAREs or two COMMITs of one instance and round for different values. Consensus lets a seat vote once in a
    /// round; in another round it may vote anew.
    function areEquivocation(
        IFaultCourt.Message calldata a,
        IFaultCourt.Message calldata b
    ) internal pure returns (bool) {
        bool vote = a.kind == IFaultCourt.MessageKind.Prepare || a.kind == IFaultCourt.MessageKind.Commit;
        return vote && a.kind == b.kind && _sameInstance(a, b) && a.round == b.round && a.valueHash != b.valueHash;
    }

    /// @dev Who commits in a round has prepared in it, and says so when it leaves for a later one. Silence would let the
    /// next leader choose another value while this one may be decided.
    function areDeniedCommit(
        IFaultCourt.Message calldata commit,
        IFaultCourt.Message calldata roundChange
    ) internal pure returns (bool) {
        bool silent = roundChange.preparedRound < commit.round;
        bool other = roundChange.preparedRound == commit.round && roundChange.preparedValueHash != commit.valueHash;
        return
            commit.kind == IFaultCourt.MessageKind.Commit &&
            roundChange.kind == IFaultCourt.MessageKind.RoundChange &&
            _sameInstance(commit, roundChange) &&
            roundChange.round > commit.round &&
            (silent || other);
    }

    /// @dev COMMITs of two instances. Within one instance a seat may commit another value in a later round, when that is
    /// justified; before it commits in any other instance it checks everything it ever committed.
    function areCommitsOfTwoInstances(
        IFaultCourt.Message calldata a,
        IFaultCourt.Message calldata b
    ) internal pure returns (bool) {
        return
            a.kind == IFaultCourt.MessageKind.Commit &&
            b.kind == IFaultCourt.MessageKind.Commit &&
            a.setId == b.setId &&
            !_sameInstance(a, b);
    }

    /// @dev EIP-3076: a double vote, or one vote surrounds the other. Equal attestation data slash nobody; the dependent
    /// root is not part of what a validator signs.
    function conflict(
        IFaultCourt.AttestationValue calldata a,
        IFaultCourt.AttestationValue calldata b
    ) internal pure returns (bool) {
        if (a.targetEpoch == b.targetEpoch) return !_sameData(a, b);
        return _surrounds(a, b) || _surrounds(b, a);
    }

    function conflict(
        IFaultCourt.ProposalValue calldata a,
        IFaultCourt.ProposalValue calldata b
    ) internal pure returns (bool) {
        return a.slot == b.slot && a.headerRoot != b.headerRoot;
    }

    function _sameInstance(IFaultCourt.Message calldata a, IFaultCourt.Message calldata b) private pure returns (bool) {
        return a.setId == b.setId && a.configuration == b.configuration && a.slot == b.slot && a.dutyType == b.dutyType;
    }

    function _surrounds(
        IFaultCourt.AttestationValue calldata outer,
        IFaultCourt.AttestationValue calldata inner
    ) private pure returns (bool) {
        return outer.sourceEpoch < inner.sourceEpoch && inner.targetEpoch < outer.targetEpoch;
    }

    function _sameData(
        IFaultCourt.AttestationValue calldata a,
        IFaultCourt.AttestationValue calldata b
    ) private pure returns (bool) {
        return
            a.slot == b.slot &&
            a.index == b.index &&
            a.beaconBlockRoot == b.beaconBlockRoot &&
            a.sourceEpoch == b.sourceEpoch &&
            a.sourceRoot == b.sourceRoot &&
            a.targetRoot == b.targetRoot;
    }
}
