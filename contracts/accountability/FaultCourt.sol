// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IBeaconVerifier} from "../interfaces/IBeaconVerifier.sol";
import {IFaultCourt} from "../interfaces/IFaultCourt.sol";
import {IOperatorRegistry} from "../interfaces/IOperatorRegistry.sol";
import {IVerifierReplacement} from "../interfaces/IVerifierReplacement.sol";
import {Wiring} from "../interfaces/Wiring.sol";
import {Epoch, Slot} from "../libraries/Units.sol";
import {Contradictions} from "./Contradictions.sol";
import {Convictions} from "./Convictions.sol";
import {NodeMessages} from "./NodeMessages.sol";

/// @title FaultCourt
contract FaultCourt is Convictions {
    uint256 private constant PUBKEY_LENGTH = 48;

    IOperatorRegistry public immutable REGISTRY;
    IVerifierReplacement public immutable VERIFIERS;

    constructor(Wiring memory w) Convictions(w) {
        REGISTRY = IOperatorRegistry(w.registry);
        VERIFIERS = IVerifierReplacement(w.verifiers);
    }

    /// @inheritdoc IFaultCourt
    function convictEquivocation(SignedMessage calldata first, SignedMessage calldata second, bytes32 salt) external {
        uint256 operatorId = _signerOfBoth(first, second, salt);
        if (!Contradictions.areEquivocation(first.message, second.message)) revert NoContradiction();
        _convict(Fault.Equivocation, operatorId, first.message.setId, first.message.configuration);
    }

    /// @inheritdoc IFaultCourt
    function convictDeniedCommit(
        SignedMessage calldata commit,
        SignedMessage calldata roundChange,
        bytes32 salt
    ) external {
        uint256 operatorId = _signerOfBoth(commit, roundChange, salt);
        if (!Contradictions.areDeniedCommit(commit.message, roundChange.message)) revert NoContradiction();
        _convict(Fault.DeniedCommit, operatorId, commit.message.setId, commit.message.configuration);
    }

    /// @inheritdoc IFaultCourt
    function convictConflictingAttestations(
        SignedMessage calldata first,
        SignedMessage calldata second,
        AttestationValue calldata firstValue,
        AttestationValue calldata secondValue,
        CommonValidator calldata validator,
        bytes32 salt
    ) external {
        if (!Contradictions.conflict(firstValue, secondValue)) revert NoContradiction();
        _requireValue(first.message, NodeMessages.valueHash(firstValue, first.message.validatorsRoot));
        _requireValue(second.message, NodeMessages.valueHash(secondValue, second.message.validatorsRoot));
        _convictConflict(first, second, validator, salt);
    }

    /// @inheritdoc IFaultCourt
    function convictConflictingProposals(
        SignedMessage calldata first,
        SignedMessage calldata second,
        ProposalValue calldata firstValue,
        ProposalValue calldata secondValue,
        CommonValidator calldata validator,
        bytes32 salt
    ) external {
        if (!Contradictions.conflict(firstValue, secondValue)) revert NoContradiction();
        _requireValue(first.message, NodeMessages.valueHash(firstValue, first.message.validatorsRoot));
        _requireValue(second.message, NodeMessages.valueHash(secondValue, second.message.validatorsRoot));
        _convictConflict(first, second, validator, salt);
    }

    /// @inheritdoc IFaultCourt
    function convictBrokenPromise(
        SignedMessage calldata message,
        bytes calldata statementSignature,
        bytes32 salt
    ) external {
        Message calldata sent = message.message;
        (bytes32 statement, Epoch startEpoch) = CHANGES.acceptedStatement(sent.setId, sent.configuration);
        bytes32 digest = messageDigest(sent);
        _redeemCommitment(digest, statement, salt);
        uint256 operatorId = _operatorOf(digest, message.signature);
        uint256 promiser = _operatorOf(statement, statementSignature);
        if (operatorId != promiser) revert DifferentOperators(operatorId, promiser);
        IBeaconVerifier verifier = VERIFIERS.current();
        if (startEpoch > verifier.epochOf(Slot.wrap(sent.slot))) revert NoContradiction();
        _convict(Fault.BrokenPromise, operatorId, sent.setId, sent.configuration);
    }

    /// @inheritdoc IFaultCourt
    function messageDigest(Message calldata message) public view returns (bytes32) {
        return NodeMessages.digest(message, SETS);
    }

    function _convictConflict(
        SignedMessage calldata first,
        SignedMessage calldata second,
        CommonValidator calldata validator,
        bytes32 salt
    ) private {
        uint256 operatorId = _signerOfBoth(first, second, salt);
        if (!Contradictions.areCommitsOfTwoInstances(first.message, second.message)) revert NoContradiction();
        if (validator.pubkey.length != PUBKEY_LENGTH) revert InvalidPubkeyLength(validator.pubkey.length);
        // A leaf is the hash of 48 bytes, an inner node that of 64: neither passes for the other.
        bytes32 leaf = keccak256(validator.pubkey);
        _requireNamed(leaf, first.message.validatorsRoot, validator.firstProof);
        _requireNamed(leaf, second.message.validatorsRoot, validator.secondProof);
        uint256 later = Math.max(first.message.configuration, second.message.configuration);
        _convict(Fault.ConflictingVotes, operatorId, first.message.setId, uint64(later));
    }

    /// @return operatorId The one operator whose node keys, present or past, made both signatures.
    function _signerOfBoth(
        SignedMessage calldata first,
        SignedMessage calldata second,
        bytes32 salt
    ) private returns (uint256 operatorId) {
        bytes32 firstDigest = messageDigest(first.message);
        bytes32 secondDigest = messageDigest(second.message);
        _redeemCommitment(firstDigest, secondDigest, salt);
        operatorId = _operatorOf(firstDigest, first.signature);
        uint256 other = _operatorOf(secondDigest, second.signature);
        if (operatorId != other) revert DifferentOperators(operatorId, other);
    }

    function _operatorOf(bytes32 digest, bytes calldata signature) private view returns (uint256 operatorId) {
        address recovered = NodeMessages.signer(digest, signature);
        operatorId = REGISTRY.operatorIdOf(recovered);
        if (operatorId == 0) revert UnknownSigner(recovered);
    }

    function _requireValue(Message calldata message, bytes32 actual) private pure {
        if (message.valueHash != actual) revert ValueMismatch(actual, message.valueHash);
    }

    function _requireNamed(bytes32 leaf, bytes32 validatorsRoot, bytes32[] calldata proof) private pure {
        if (!MerkleProof.verifyCalldata(proof, validatorsRoot, leaf)) revert ValidatorNotNamed(validatorsRoot);
    }
}
